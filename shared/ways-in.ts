/**
 * The ways of getting into a service, and what a person must give for each. Which header carries the result belongs to
 * the way in and stays in the core; words about them are the catalogue's.
 */
import { z } from 'zod';

export const waysIn = [
  /** In the browser, at the service's own page. */
  'authorization-code',
  /** In any browser, also on another device: a code is typed there. */
  'device-code',
  /** As a program, with a client id and a secret. */
  'client-credentials',
  /** With an e-mail address and a password. */
  'password-login',
  /** With a token that the service's people have issued. */
  'access-token',
  /** With a user name and a password, for a token that lives a day. */
  'jwt-login',
  /** With a key in a header of its own. */
  'api-key',
] as const;

export const wayInSchema = z.enum(waysIn);
export type WayInId = (typeof waysIn)[number];

export const fieldNames = [
  'client-id',
  'client-secret',
  /** PEM (PKCS #8) or JWK, in place of a client secret (RFC 7523). */
  'private-key',
  'email',
  'username',
  'password',
  'access-token',
  'api-key',
  'header-name',
] as const;
export type FieldName = (typeof fieldNames)[number];

export const fieldSchema = z.object({
  name: z.enum(fieldNames),
  /** Typed hidden, kept in the sealed file only, never shown again. */
  secret: z.boolean(),
  required: z.boolean(),
  /** How such a value looks, where services have a form for it: `mcp_…`. */
  example: z.string().optional(),
});
export type Field = z.infer<typeof fieldSchema>;

/** One way into one service, as people are offered it. */
export const wayInOfferSchema = z.object({
  id: wayInSchema,
  fields: z.array(fieldSchema),
  /** What is typed is kept in the sealed file, because renewing needs it; else only what the service answers is kept. */
  keepsTyped: z.boolean(),
  /** The service itself advises against it for new users. */
  legacy: z.boolean(),
});
export type WayInOfferView = z.infer<typeof wayInOfferSchema>;

/** What a person typed, by the name of the field. */
export const givenSchema = z.partialRecord(z.enum(fieldNames), z.string().max(16_384));
export type GivenFields = z.infer<typeof givenSchema>;

/** A service that can be added, known by name or by hand. */
export const serviceViewSchema = z.object({
  id: z.string(),
  title: z.string(),
  /** `rest`: programs reach it by a local address that adds the access; `mcp`: as a server of tools. */
  speaks: z.enum(['mcp', 'rest']),
  /** What is asked for: a short name such as `acme/sales-api`, a whole address, or nothing because everybody has the same. */
  target: z.enum(['short-name', 'address', 'fixed']),
  /** Where it is, if everybody has the same. */
  resource: z.string().optional(),
  /** The authorization server can or must be named by hand. */
  asksServer: z.enum(['no', 'may', 'must']),
  waysIn: z.array(wayInOfferSchema),
  /** Comes with this program, for trying things out. */
  practice: z.boolean(),
});
export type ServiceView = z.infer<typeof serviceViewSchema>;

/** Where the person has to type the code, and the code (RFC 8628 section 3.2). */
export const deviceCodeSchema = z.object({
  userCode: z.string(),
  verificationUri: z.string(),
  /** The same with the code in it, for a QR code; the code is shown all the same. */
  verificationUriComplete: z.string().optional(),
});
export type DeviceCode = z.infer<typeof deviceCodeSchema>;
