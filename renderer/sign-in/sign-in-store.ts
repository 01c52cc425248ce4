/** Sign-ins that this window has begun or sees waiting. */

export interface SignInWanted {
  /** The connection's id. */
  readonly connection: string;
  /** Another account than those already here. */
  readonly another?: boolean;
  /** Asked for besides what the account has: what a program was refused for. */
  readonly scopes?: readonly string[];
}

/** Opens the sheet that explains, asks and waits. A sign-in of this connection that waits already is joined. */
export function openSignIn(_wanted: SignInWanted): void {}
