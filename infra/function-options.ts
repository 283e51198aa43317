import { bundlesFolder } from './bundles-folder.ts';
import { InvalidSetting } from './invalid-setting.ts';
import type { Logs } from './logs.ts';
import { checkVpc, type VpcPlacement } from './vpc-access.ts';

/** How the functions of a deployment run. */
export interface FunctionOptions {
  /** Memory of each function, 128 to 10,240 MB; CPU comes with it. Default: 512. */
  readonly memoryMb?: number;
  /**
   * Concurrent executions that are set aside for each function, out of the account's, and that it may not exceed; at
   * least 10, because Secrets Manager cannot rotate with fewer. Default: none, the functions share the account's.
   */
  readonly reservedConcurrency?: number;
  /**
   * Subnets and security groups in which the functions run. Default: outside of any VPC.
   *
   * From there they must reach Genesys Cloud, and Secrets Manager, KMS, Step Functions, SNS and DynamoDB.
   */
  readonly vpc?: VpcPlacement;
  /** Folder with the bundles of the functions. Default: the one that the package brings. */
  readonly bundles?: string;
}

/** What all functions of a deployment have in common, checked and complete. */
export interface FunctionSettings {
  /** A function is called `<namePrefix>-<name>`. */
  readonly namePrefix: string;
  readonly memoryMb: number;
  readonly bundles: string;
  readonly logs: Logs;
  readonly vpc?: VpcPlacement;
  readonly reservedConcurrency?: number;
}

/** AWS Secrets Manager User Guide, "Troubleshoot AWS Secrets Manager rotation". */
const LEAST_CONCURRENCY = 10;

/** @throws InvalidSetting `memoryMb`, `reservedConcurrency`, `vpc` or `bundles` */
export function functionSettings(namePrefix: string, options: FunctionOptions, logs: Logs): FunctionSettings {
  const { memoryMb = 512, reservedConcurrency, vpc } = options;
  if (!Number.isInteger(memoryMb) || memoryMb < 128 || memoryMb > 10_240)
    throw new InvalidSetting('memoryMb', `${memoryMb} is not a whole number from 128 to 10240.`);
  if (reservedConcurrency !== undefined) checkConcurrency(reservedConcurrency);
  if (vpc !== undefined) checkVpc(vpc);
  return {
    namePrefix,
    memoryMb,
    bundles: bundlesFolder(options.bundles),
    logs,
    ...(vpc !== undefined && { vpc }),
    ...(reservedConcurrency !== undefined && { reservedConcurrency }),
  };
}

function checkConcurrency(reserved: number): void {
  if (Number.isInteger(reserved) && reserved >= LEAST_CONCURRENCY) return;
  throw new InvalidSetting(
    'reservedConcurrency',
    `${reserved} is not a whole number of at least ${LEAST_CONCURRENCY}; with fewer Secrets Manager cannot rotate.`,
  );
}
