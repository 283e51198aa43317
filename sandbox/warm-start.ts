import type { Identities } from './aws/identities.ts';
import { WarmProcesses } from './lambda/warm-processes.ts';

/** What there is to leave of a sandbox that still listens. */
interface Leaving {
  readonly identities: Identities;
  readonly awsUrl: string;
  readonly genesysCloud: { readonly loginUrl: string };
}

/**
 * What a closed sandbox keeps for the next one to avoid cold starts: the processes of its functions, and their
 * addresses and keys. All other state is new. One sandbox at a time.
 */
export class WarmStart {
  readonly processes = new WarmProcesses();
  #identities: Identities | undefined;
  #awsPort = 0;
  #genesysPort = 0;

  /** Whose access keys the processes have; undefined before there was a sandbox. */
  get identities(): Identities | undefined {
    return this.#identities;
  }

  /** Where the processes call AWS; 0, any free one, before there was a sandbox. */
  get awsPort(): number {
    return this.#awsPort;
  }

  /** Where the processes call Genesys Cloud; 0, any free one, before there was a sandbox. */
  get genesysPort(): number {
    return this.#genesysPort;
  }

  /** The sandbox is about to close. */
  leave({ identities, awsUrl, genesysCloud }: Leaving): void {
    this.#identities = identities;
    this.#awsPort = Number(new URL(awsUrl).port);
    this.#genesysPort = Number(new URL(genesysCloud.loginUrl).port);
  }

  /** Ends the processes and forgets what they know: the next sandbox is as the first. */
  async close(): Promise<void> {
    this.#identities = undefined;
    this.#awsPort = 0;
    this.#genesysPort = 0;
    await this.processes.close();
  }
}
