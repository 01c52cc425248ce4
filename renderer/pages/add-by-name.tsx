/** The form of a service that was named or recognised: the same as on its card. */
import { serviceNamed } from '../../shared/service-names.ts';
import type { ServiceView } from '../../shared/ways-in.ts';
import type { WindowWords } from '../../shared/words/window-catalogue.ts';
import { ConexorForm } from './add-conexor.tsx';
import { ServiceForm } from './add-other.tsx';
import { titleOf } from './service-titles.ts';
import type { Connect } from './use-connect.ts';

/** By its id, its own name, or its name in the person's language, in any case. */
export function serviceCalled(
  text: string,
  services: readonly ServiceView[],
  words: WindowWords,
): ServiceView | undefined {
  const shown = services.map((service) => ({ id: service.id, title: titleOf(service, words), service }));
  return serviceNamed(services, text) ?? serviceNamed(shown, text)?.service;
}

export function FormOf({ connect, service }: { readonly connect: Connect; readonly service: ServiceView }) {
  if (service.id === 'conexor') return <ConexorForm connect={connect} service={service} />;
  return <ServiceForm connect={connect} service={service} byAddress={service.id === 'mcp'} />;
}
