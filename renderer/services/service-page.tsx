/** One service. */
import type { Page } from '../../shared/pages.ts';
import { useConnection } from '../client/state.ts';
import { PageHead } from '../parts/blocks.tsx';

export function ServicePage(props: {
  readonly connection: string;
  readonly dialog: Extract<Page, { name: 'service' }>['dialog'];
}) {
  const connection = useConnection(props.connection);
  return <PageHead title={connection?.title ?? ''} />;
}
