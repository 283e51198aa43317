import { leftOut } from './left-out.ts';

/**
 * The bodies that node-fetch can send and read besides text: blobs, files, forms, and what stands in a `data:` URL.
 * Their classes have no instances here, so nothing is taken for one.
 */
export class Blob {
  constructor() {
    leftOut('Blob of node-fetch');
  }
}

// biome-ignore lint/style/noDefaultExport: node-fetch imports the default export of fetch-blob
export default Blob;

export class File extends Blob {}

export class FormData {
  constructor() {
    leftOut('FormData of node-fetch');
  }
}

export const formDataToBlob = (): never => leftOut('formDataToBlob of node-fetch');
export const toFormData = (): never => leftOut('toFormData of node-fetch');
export const blobFrom = (): never => leftOut('blobFrom of node-fetch');
export const blobFromSync = (): never => leftOut('blobFromSync of node-fetch');
export const fileFrom = (): never => leftOut('fileFrom of node-fetch');
export const fileFromSync = (): never => leftOut('fileFromSync of node-fetch');
