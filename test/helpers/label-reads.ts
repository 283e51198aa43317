import {
  DescribeSecretCommand,
  type SecretsManagerClientResolvedConfig,
  type ServiceInputTypes,
  type ServiceOutputTypes,
} from '@aws-sdk/client-secrets-manager';
import type { AwsStub } from 'aws-sdk-client-mock';
import { secretDescription } from './secret.ts';

/** The staging labels of each labelled version. */
export type Stages = Readonly<Record<string, readonly string[]>>;

/** Mocks DescribeSecret: returns these labels in successive reads; the last ones repeat. */
export function mockLabels(
  secretsMock: AwsStub<ServiceInputTypes, ServiceOutputTypes, SecretsManagerClientResolvedConfig>,
  ...reads: readonly [Stages, ...Stages[]]
): void {
  let read = 0;
  secretsMock.on(DescribeSecretCommand).callsFake(() => {
    const stages = reads[Math.min(read++, reads.length - 1)] ?? {};
    const VersionIdsToStages = Object.fromEntries(
      Object.entries(stages).map(([version, labels]) => [version, [...labels]]),
    );
    return secretDescription({ VersionIdsToStages });
  });
}
