/** Where tokens come from, for services that do not say it themselves: four addresses, all optional, folded away. */
import { useState } from 'react';
import type { ServiceView } from '../../shared/ways-in.ts';
import type { WindowArgument } from '../../shared/window.ts';
import { Fold } from '../parts/blocks.tsx';
import { Field } from '../parts/fields.tsx';
import { useWords } from '../words/use-words.ts';
import type { WayInChoice } from './use-way-in.ts';

const parts = ['issuer', 'tokenEndpoint', 'authorizationEndpoint', 'revocationEndpoint'] as const;
type Part = (typeof parts)[number];
export type ServerByHand = Pick<WindowArgument<'addConnection'>, Part>;

export interface ServerChoice {
  /** Undefined where this way asks no authorization server, or the service knows its own. */
  readonly asks: 'may' | 'must' | undefined;
  readonly given: Readonly<Record<Part, string>>;
  edit(part: Part, text: string): void;
  take(): ServerByHand;
}

const nothing: Readonly<Record<Part, string>> = {
  issuer: '',
  tokenEndpoint: '',
  authorizationEndpoint: '',
  revocationEndpoint: '',
};
const asking = new Set(['authorization-code', 'device-code', 'client-credentials']);

export function useServer(service: ServiceView | undefined, choice: WayInChoice, onEdit: () => void): ServerChoice {
  const [given, setGiven] = useState(nothing);
  const isAsked = choice.offer !== undefined && asking.has(choice.offer.id);
  const asks = !isAsked || service === undefined || service.asksServer === 'no' ? undefined : service.asksServer;
  return {
    asks,
    given,
    edit(part, text) {
      setGiven({ ...given, [part]: text });
      onEdit();
    },
    take() {
      if (asks === undefined) return {};
      const filled = parts.flatMap((part) => (given[part].trim() === '' ? [] : [[part, given[part].trim()] as const]));
      return Object.fromEntries(filled);
    },
  };
}

export function ServerFields({ server }: { readonly server: ServerChoice }) {
  const words = useWords().waysIn;
  if (server.asks === undefined) return null;
  const labels: Readonly<Record<Part, string>> = {
    issuer: words.server.issuer,
    tokenEndpoint: words.server.token,
    authorizationEndpoint: words.server.authorization,
    revocationEndpoint: words.server.revocation,
  };
  return (
    <div className="server-by-hand">
      <Fold title={words.server.title} open={server.asks === 'must'}>
        <p className="hint">{words.server.hint}</p>
        {parts.map((part) => (
          <Field
            key={part}
            label={labels[part]}
            value={server.given[part]}
            onChange={(text) => server.edit(part, text)}
          />
        ))}
      </Fold>
    </div>
  );
}
