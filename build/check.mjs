/** `npm run check`: types, format, lint, unused code. */
import { checks, problems } from './checks.mjs';
import { install } from './install.mjs';
import { say } from './lib.mjs';

install();
for (const check of checks) {
  const found = problems(check);
  say(found === undefined ? `ok      ${check.name}` : `FAILED  ${check.name}\n${found}\n`);
  if (found !== undefined) process.exitCode = 1;
}
