/** The exact change, for who wants to see it: each file, our own lines with their numbers, and the copy beside it. */
import type { ChangeLine, PlannedChange } from '../../shared/clients.ts';
import { Notice } from '../parts/notice.tsx';
import { useWords } from '../words/use-words.ts';

export function ChangeDetails({ plan }: { readonly plan: readonly PlannedChange[] | undefined }) {
  const { sheet } = useWords().clients;
  if (!plan || plan.length === 0) return null;
  return (
    <div className="changes">
      <h3>{sheet.exact}</h3>
      {plan.map((change) => (
        <OneFile key={change.path} change={change} />
      ))}
      {plan.some(({ copy }) => copy) ? <p className="soft small">{sheet.copy}</p> : null}
    </div>
  );
}

function OneFile({ change }: { readonly change: PlannedChange }) {
  const { sheet } = useWords().clients;
  const { path, what, lines, fault } = change;
  return (
    <div className="change">
      <code className="command">{path}</code>
      {fault ? (
        <Notice tone="notice" title={fault.what}>
          <p>{fault.next}</p>
        </Notice>
      ) : (
        <p className="soft small">{sheet.fileWill[what]}</p>
      )}
      {lines.length > 0 ? <Lines lines={lines} path={path} /> : null}
      {lines.some(({ masked }) => masked) ? <p className="soft small">{sheet.masked}</p> : null}
    </div>
  );
}

/** Wide lines break: the numbers stand in a column of their own. */
function Lines({ lines, path }: { readonly lines: readonly ChangeLine[]; readonly path: string }) {
  const { sheet } = useWords().clients;
  return (
    <table className="lines" aria-label={path} data-decoration="">
      <tbody>
        {lines.map(({ kind, line, text }) => (
          <tr key={`${kind} ${line}`} className={kind}>
            <th scope="row">
              <span className="unseen">
                {sheet.line(line)}, {sheet[kind]}
              </span>
              <span aria-hidden="true">{line}</span>
            </th>
            <td aria-hidden="true" className="sign">
              {kind === 'added' ? '+' : '−'}
            </td>
            <td>
              <code>{text}</code>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
