import type { Identities } from './aws/identities.ts';
import { WarmProcesses } from './lambda/warm-processes.ts';

/**
 * What a closed sandbox leaves to the next one, which then is as quick as a warm one: the processes of its functions,
 * and what those know it by. Everything else begins anew. One sandbox at a time.
 */
export class WarmStart {
  readonly processes = new WarmProcesses();
  /** Of the closed sandbox. */
  identities: Identities | undefined;
  /** That the closed sandbox listened on; 0 before there was one. */
  awsPort = 0;
  genesysPort = 0;
}
