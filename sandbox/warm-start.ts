import type { Identities } from './aws/identities.ts';
import { WarmProcesses } from './lambda/warm-processes.ts';

/** The parts of a sandbox that a warm start keeps. */
interface ClosingSandbox {
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

  /** The identities that own the access keys of the processes; undefined before the first sandbox. */
  get identities(): Identities | undefined {
    return this.#identities;
  }

  /** The port at which the processes call AWS; 0 (any free port) before the first sandbox. */
  get awsPort(): number {
    return this.#awsPort;
  }

  /** The port at which the processes call Genesys Cloud; 0 (any free port) before the first sandbox. */
  get genesysPort(): number {
    return this.#genesysPort;
  }

  /** Keeps the identities and ports of a sandbox that is about to close. */
  keep({ identities, awsUrl, genesysCloud }: ClosingSandbox): void {
    this.#identities = identities;
    this.#awsPort = Number(new URL(awsUrl).port);
    this.#genesysPort = Number(new URL(genesysCloud.loginUrl).port);
  }

  /** Ends the processes and discards all state, so that the next sandbox starts cold. */
  async close(): Promise<void> {
    this.#identities = undefined;
    this.#awsPort = 0;
    this.#genesysPort = 0;
    await this.processes.close();
  }
}
