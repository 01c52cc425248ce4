/** `npm start`: until the window exists, the headless broker. */
import { runProgram } from './program.mjs';

await runProgram('headless');
