/**
 * Files of one worker share their modules. What the window is shown says when it was ("5 minutes ago") as of the moment
 * its module is loaded: each file loads it anew. What is not ours is not loaded again.
 */
import { vi } from 'vitest';

vi.resetModules();
