/** One call of a tool in the era without sessions, as a program could write it that is no official client at all. */
import { z } from 'zod';

const revision = '2026-07-28';

const answerSchema = z.object({
  result: z
    .looseObject({
      content: z.array(z.looseObject({ text: z.string().optional() })).optional(),
      isError: z.boolean().optional(),
      structuredContent: z.record(z.string(), z.unknown()).optional(),
      inputRequests: z.record(z.string(), z.unknown()).optional(),
    })
    .optional(),
});

export interface ModernAnswer {
  readonly status: number;
  readonly text: string;
  readonly isError: boolean;
  readonly data: Readonly<Record<string, unknown>>;
  /** The ids of what the host is to ask. */
  readonly asks: readonly string[];
}

export interface ModernCall {
  readonly url: string;
  readonly key: string;
  readonly name: string;
  readonly input?: Record<string, unknown>;
  /** Answers to forms, by their ids. */
  readonly answers?: Record<string, unknown>;
  readonly forms?: boolean;
}

export const allowed = { action: 'accept', content: { allow: true } };

export async function modernCall({
  url,
  key,
  name,
  input = {},
  answers,
  forms = true,
}: ModernCall): Promise<ModernAnswer> {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': revision,
    'io.modelcontextprotocol/clientInfo': { name: 'program', version: '1.0.0' },
    'io.modelcontextprotocol/clientCapabilities': forms ? { elicitation: { form: {} } } : {},
  };
  const params = { name, arguments: input, _meta, ...(answers ? { inputResponses: answers } : {}) };
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': revision,
      'mcp-method': 'tools/call',
      'mcp-name': name,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }),
  });
  const body = await response.text();
  const json = body.startsWith('{') ? body : (/^data: (\{.*\})$/m.exec(body)?.[1] ?? '{}');
  const { result } = answerSchema.parse(JSON.parse(json));
  return {
    status: response.status,
    text: (result?.content ?? []).map(({ text }) => text ?? '').join('\n'),
    isError: result?.isError ?? false,
    data: result?.structuredContent ?? {},
    asks: Object.keys(result?.inputRequests ?? {}),
  };
}
