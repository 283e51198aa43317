import { RemovalPolicy } from 'aws-cdk-lib';
import { InvalidSetting } from './invalid-setting.ts';

/** What becomes of what the stack made when the stack is deleted. */
export type RemovalChoice = 'retain' | 'destroy';

/** The removal policies of a deployment. */
export interface Removal {
  /** Of what credentials depend on: the secrets, the journal, and the keys of sealed tokens and executions. */
  readonly credentials: RemovalPolicy;
  /** Of what was only written down about the rotations: logs, table, topic. */
  readonly records: RemovalPolicy;
}

/**
 * Without a choice credentials stay, because nothing brings them back, and records go: with their fixed names those
 * would keep the stack from being deployed anew.
 *
 * @throws InvalidSetting `removalPolicy`
 */
export function removalOf(choice: RemovalChoice | undefined): Removal {
  switch (choice) {
    case undefined:
      return { credentials: RemovalPolicy.RETAIN, records: RemovalPolicy.DESTROY };
    case 'retain':
      return { credentials: RemovalPolicy.RETAIN, records: RemovalPolicy.RETAIN };
    case 'destroy':
      return { credentials: RemovalPolicy.DESTROY, records: RemovalPolicy.DESTROY };
    default:
      throw new InvalidSetting('removalPolicy', `"${choice}" is neither retain nor destroy.`);
  }
}
