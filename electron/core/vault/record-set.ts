/**
 * All records of a vault as one immutable value, and its plain form: what is sealed. The plain form holds entries as
 * pairs, not as an object, so that no key is special (`__proto__`, "1") and the order stays.
 */
import { z } from 'zod';
import { Fault } from '../../../shared/faults.ts';
import { type RecordKind, type RecordOf, recordSchemas } from './records.ts';
import type { Change } from './vault.ts';

type Records = ReadonlyMap<RecordKind, ReadonlyMap<string, unknown>>;

const kinds = Object.keys(recordSchemas) as RecordKind[];

const plainSchema = z.partialRecord(z.enum(kinds), z.array(z.tuple([z.string(), z.unknown()])));

export class RecordSet {
  static readonly empty = new RecordSet(new Map());
  readonly #records: Records;

  private constructor(records: Records) {
    this.#records = records;
  }

  get<K extends RecordKind>(kind: K, key: string): RecordOf<K> | undefined {
    return this.#records.get(kind)?.get(key) as RecordOf<K> | undefined;
  }

  list<K extends RecordKind>(kind: K): readonly RecordOf<K>[] {
    return [...(this.#records.get(kind)?.values() ?? [])] as RecordOf<K>[];
  }

  /** This set with the changes applied in their order; the changes have passed `checkedChange`. */
  with(changes: readonly Change[]): RecordSet {
    const records = new Map<RecordKind, Map<string, unknown>>();
    for (const kind of kinds) records.set(kind, new Map(this.#records.get(kind)));
    for (const { kind, key, record } of changes) {
      if (record === undefined) records.get(kind)?.delete(key);
      else records.get(kind)?.set(key, record);
    }
    return new RecordSet(records);
  }

  /** Everything, secrets included, as JSON: only ever handed to the seal. */
  toPlainText(): string {
    const plain: Record<string, [string, unknown][]> = {};
    for (const [kind, entries] of this.#records) {
      if (entries.size === 0) continue;
      plain[kind] = [...entries].map(([key, record]) => [key, z.encode(recordSchemas[kind], record as never)]);
    }
    return JSON.stringify(plain);
  }

  /** The inverse of `toPlainText`. Throws `vault-damaged` where anything does not fit its schema. */
  static fromPlainText(text: string): RecordSet {
    const records = new Map<RecordKind, Map<string, unknown>>();
    for (const [kind, entries] of Object.entries(parsed(text)) as [RecordKind, [string, unknown][]][]) {
      const read = new Map<string, unknown>();
      for (const [key, plain] of entries) {
        const record = z.safeDecode(recordSchemas[kind], plain as never);
        if (!record.success) throw new Fault('vault-damaged', { reason: misfit(kind, record.error) });
        read.set(key, frozen(record.data));
      }
      records.set(kind, read);
    }
    return new RecordSet(records);
  }
}

/**
 * A change as it will be read back after a restart: checked against its schema, copied, and frozen, so that memory and
 * disk cannot drift apart. Throws `internal`, naming the field and never its value.
 */
export function checkedChange(change: Change): Change {
  if (change.record === undefined) return change;
  const schema = recordSchemas[change.kind];
  const plain = z.safeEncode(schema, change.record as never);
  if (!plain.success) throw new Fault('internal', { reason: misfit(change.kind, plain.error) });
  return { ...change, record: frozen(z.decode(schema, JSON.parse(JSON.stringify(plain.data)))) } as Change;
}

function parsed(text: string): z.output<typeof plainSchema> {
  try {
    return plainSchema.parse(JSON.parse(text));
  } catch {
    // The cause would quote what it could not read.
    throw new Fault('vault-damaged', { reason: 'what was sealed is not a set of records' });
  }
}

function misfit(kind: RecordKind, error: z.ZodError): string {
  const fields = error.issues.map((issue) => `${issue.path.join('.')} (${issue.code})`);
  return `a record of kind ${kind} does not fit its schema: ${fields.join(', ')}`;
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}
