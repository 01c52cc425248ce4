/** Which Conexor this is: the one number, from package.json, put in at build time. */
import manifest from '../package.json' with { type: 'json' };

export const version: string = manifest.version;
