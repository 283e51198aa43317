import {
  DecryptionFailure,
  DescribeSecretCommand,
  EncryptionFailure,
  InternalServiceError,
  InvalidParameterException,
  InvalidRequestException,
  LimitExceededException,
  MalformedPolicyDocumentException,
  ResourceNotFoundException,
  SecretsManagerClient,
  SecretsManagerServiceException,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { SFNServiceException } from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from 'vitest';
import { isClientFault, removePendingLabel } from '../../../../functions/shared/secrets/pending-label.ts';
import { MAX_READ_LAG_MS } from '../../../../functions/shared/secrets/secret-versions.ts';
import { awsException, secretsManagerException } from '../../../helpers/aws-exception.ts';
import { mockAws } from '../../../helpers/aws-mock.ts';
import { mockLabels, type Stages } from '../../../helpers/label-reads.ts';
import { rejection } from '../../../helpers/no-secrets.ts';
import { BASE_VERSION, SECRET_ARN, VERSION } from '../../../helpers/secret.ts';
import { sum } from '../../../helpers/sum.ts';

describe('removePendingLabel', () => {
  const mock = mockAws(SecretsManagerClient);
  let sleeps: number[] = [];

  beforeEach(() => {
    sleeps = [];
    mock.reset();
    mock.on(UpdateSecretVersionStageCommand).resolves({});
  });

  /** The versions that AWSPENDING is on in successive reads. */
  function pendingOn(first: string, ...later: readonly string[]): void {
    const stages = (version: string): Stages => ({ [version]: ['AWSPENDING'] });
    mockLabels(mock, stages(first), ...later.map(stages));
  }

  function remove(): Promise<void> {
    return removePendingLabel(new SecretsManagerClient(), SECRET_ARN, VERSION, async ms => {
      sleeps.push(ms);
    });
  }

  it('removes AWSPENDING from the version in one call', async () => {
    await remove();

    expect(mock.calls().map(call => call.args[0].input)).toEqual([
      { SecretId: SECRET_ARN, VersionStage: 'AWSPENDING', RemoveFromVersionId: VERSION },
    ]);
  });

  it('succeeds when the call is refused and the label is already on another version', async () => {
    mock.on(UpdateSecretVersionStageCommand).rejects(awsException(InvalidParameterException));
    pendingOn(BASE_VERSION);

    await remove();

    expect(mock.commandCalls(UpdateSecretVersionStageCommand)).toHaveLength(1);
    expect(sleeps).toEqual([]);
  });

  it('first treats a label that is still visible as a stale read', async () => {
    mock.on(UpdateSecretVersionStageCommand).rejects(awsException(InvalidParameterException));
    pendingOn(VERSION, VERSION, BASE_VERSION);

    await remove();

    expect(sleeps).toHaveLength(2);
  });

  it('rethrows the error when the label stays visible for as long as a read may be stale', async () => {
    const exception = awsException(InvalidParameterException);
    mock.on(UpdateSecretVersionStageCommand).rejects(exception);
    pendingOn(VERSION);

    const error = await rejection(remove());

    expect(error).toBe(exception);
    expect(sum(sleeps)).toBe(MAX_READ_LAG_MS);
  });

  it.each([secretsManagerException('ThrottlingException'), awsException(InternalServiceError)])(
    'throws %s without reading the labels',
    async exception => {
      mock.on(UpdateSecretVersionStageCommand).rejects(exception);

      const error = await rejection(remove());

      expect(error).toBe(exception);
      expect(mock.commandCalls(DescribeSecretCommand)).toEqual([]);
    },
  );
});

describe('isClientFault', () => {
  it.each([
    awsException(InvalidRequestException),
    awsException(InvalidParameterException),
    awsException(ResourceNotFoundException),
    awsException(LimitExceededException),
    awsException(MalformedPolicyDocumentException),
    awsException(EncryptionFailure),
    awsException(DecryptionFailure),
    secretsManagerException('AccessDeniedException'),
    secretsManagerException('ValidationException'),
    secretsManagerException('UnknownException'),
  ])('is true for %s', exception => {
    expect(isClientFault(exception)).toBe(true);
  });

  it.each([
    awsException(InternalServiceError),
    secretsManagerException('ThrottlingException'),
    Object.assign(secretsManagerException('Busy'), { $retryable: { throttling: true } }),
    new SecretsManagerServiceException({ name: 'ServiceUnavailable', $fault: 'server', $metadata: {} }),
    new SFNServiceException({ name: 'ValidationException', $fault: 'client', $metadata: {} }),
    Object.assign(new Error('socket hang up'), { name: 'TimeoutError' }),
    undefined,
  ])('is false for %s', exception => {
    expect(isClientFault(exception)).toBe(false);
  });
});
