import { leftOut } from './left-out.ts';

/** SHA-256 in JavaScript, for a Node.js that was built without cryptography. Lambda's has it. */
export class Sha256Js {
  constructor() {
    leftOut('Sha256Js of the AWS SDK');
  }
}
