/**
 * A value that must not be printed. Only the vault (to seal it) and the few places that put it on the wire open it;
 * every other way of turning it into text gives `[secret]`.
 */
const values = new WeakMap<Secret, string>();

export class Secret {
  constructor(value: string) {
    values.set(this, value);
  }

  /** The value itself: for a request header or body, or for the sealed file. Nowhere else. */
  open(): string {
    return values.get(this) as string;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]';
  }
}
