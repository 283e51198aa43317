import Blob from './blob.ts';
import { leftOut } from './left-out.ts';

/**
 * The bodies that node-fetch can send and read besides text: blobs, files, and forms. Their classes have no instances
 * here, so nothing is taken for one.
 */
export { Blob };

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
