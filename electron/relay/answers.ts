/**
 * What the relay itself says to the host, in the words of the catalogue of faults (held to it by a test; the catalogue
 * would be most of this program).
 */
export const notRunning = "Conexor isn't running. Start Conexor, then try again.";
const answerLost =
  'The connection to Conexor was lost before the answer arrived, so the request may have been carried out or not. Check before you try again.';
export const conversationEnded = 'This conversation with Conexor has ended. Connect again from your app.';

/** `id` is JSON. */
function failure(id: string, fault: string, message: string): Buffer {
  return Buffer.from(
    `{"jsonrpc":"2.0","id":${id},"error":{"code":-32050,"message":${JSON.stringify(message)},"data":{"fault":"${fault}"}}}\n`,
  );
}

export function answerOfAbsent(id: string, message: string): Buffer {
  return failure(id, 'broker-absent', message);
}

export function answerOfLost(id: string): Buffer {
  return failure(id, 'answer-lost', answerLost);
}

export function answerOfEnded(id: string): Buffer {
  return failure(id, 'session-unknown', conversationEnded);
}

export function answerOfPing(id: string): Buffer {
  return Buffer.from(`{"jsonrpc":"2.0","id":${id},"result":{}}\n`);
}

export const tooLong = Buffer.from(
  '{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"This message is too long."}}\n',
);

export function notification(method: string, params?: object): Buffer {
  return Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', method, ...(params ? { params } : {}) })}\n`);
}
