import { leftOut } from './left-out.ts';

/** A body that is a blob; nothing is taken for one here. */
// biome-ignore lint/style/noDefaultExport: node-fetch imports the package's default export
export default class Blob {
  constructor() {
    leftOut('Blob of node-fetch');
  }
}
