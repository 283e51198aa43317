import { leftOut } from './left-out.ts';

/** Reads a `data:` URL for node-fetch: the functions call Genesys Cloud, and nobody else. */
// biome-ignore lint/style/noDefaultExport: node-fetch imports the package's default export
export default (): never => leftOut('data-uri-to-buffer of node-fetch');
