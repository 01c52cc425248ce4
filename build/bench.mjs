/** `npm run bench`: the relay measured against a direct client in the same run. */
import { runProgram } from './program.mjs';

await runProgram('bench');
