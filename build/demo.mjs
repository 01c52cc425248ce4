/** `npm run demo`: every journey against the practice service, each step with its evidence. */
import { runProgram } from './program.mjs';

await runProgram('demo');
