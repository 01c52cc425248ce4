import { describe, expect, it } from 'vitest';
import { idIn, withId } from '../../../electron/core/bridge/member-id.ts';

const own = Buffer.from('"own"');

describe('the id of a message in its bytes', () => {
  it.each([
    ['{"jsonrpc":"2.0","id":1,"method":"m"}', '1', '{"jsonrpc":"2.0","id":"own","method":"m"}'],
    [
      '{"params":{"id":2,"a":["id",{"id":3}]},"id" : 1.0 }',
      '1.0',
      '{"params":{"id":2,"a":["id",{"id":3}]},"id" : "own" }',
    ],
    [
      '{"a":"\\",\\"id\\":9","id":"q\\u00e9\\"}","é":1e400}',
      '"q\\u00e9\\"}"',
      '{"a":"\\",\\"id\\":9","id":"own","é":1e400}',
    ],
    ['{"\\u0069d":12345678901234567890}', '12345678901234567890', '{"\\u0069d":"own"}'],
    ['{"id":1,"x":"id","id":{"id":2}}', '{"id":2}', '{"id":1,"x":"id","id":"own"}'],
    ['\n{\t"id"\r\n:\n[1,{"a":2}]\n}\n', '[1,{"a":2}]', '\n{\t"id"\r\n:\n"own"\n}\n'],
  ])('%j', (json, id, exchanged) => {
    expect(idIn(Buffer.from(json))?.toString()).toBe(id);
    expect(withId(Buffer.from(json), own).toString()).toBe(exchanged);
    expect(JSON.parse(exchanged).id).toBe('own');
  });

  it.each(['{}', '[]', '{"a":{"id":1}}', '[{"id":1}]', '"id"', '7', '{"ID":1}'])('none in %s', (json) => {
    expect(idIn(Buffer.from(json))).toBeUndefined();
    expect(withId(Buffer.from(json), own).toString()).toBe(json);
  });
});
