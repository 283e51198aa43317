import * as v from 'valibot';
import { AwsError } from '../aws/aws-error.ts';
import { type AccessRequest, type AwsOperation, operation } from '../aws/service.ts';
import { members, notEmulated, requireToken } from './request-rules.ts';
import { RotationRules } from './rotation-rules.ts';
import type { RotationRunner } from './rotation-runner.ts';
import type { RotationScheduler } from './rotation-scheduler.ts';
import type { Secret } from './secret.ts';
import type { SecretAccess } from './secret-access.ts';
import type { SecretStore } from './secret-store.ts';
import { tokenInUse } from './version-writer.ts';

/**
 * The operations that enable and disable rotation.
 *
 * Source: AWS Secrets Manager API Reference, RotateSecret and CancelRotateSecret.
 */
export function rotationOperations(parts: {
  readonly store: SecretStore;
  readonly runner: RotationRunner;
  readonly scheduler: RotationScheduler;
  readonly mayInvoke: (functionArn: string, secretArn: string) => boolean;
  readonly access: SecretAccess;
}): Readonly<Record<string, AwsOperation>> {
  const { store, runner, scheduler, mayInvoke, access } = parts;

  const requireFunction = (secret: Secret, functionArn: string | undefined): string => {
    const requested = functionArn ?? secret.rotation?.functionArn;
    if (requested === undefined) {
      throw new AwsError(
        'InvalidRequestException',
        'No Lambda rotation function ARN is associated with this secret.',
      );
    }
    if (mayInvoke(requested, secret.arn)) return requested;
    throw new AwsError(
      'AccessDeniedException',
      'Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.',
    );
  };

  /** Enabling rotation also requires permission to invoke the function. */
  const rotateAccess = (secretId: string, givenArn: string | undefined): AccessRequest[] => {
    const functionArn = givenArn ?? store.find(secretId)?.rotation?.functionArn;
    return [
      ...access('RotateSecret', secretId, {
        ...(givenArn !== undefined && { 'secretsmanager:RotationLambdaARN': givenArn }),
      }),
      ...(functionArn === undefined ? [] : [{ action: 'lambda:InvokeFunction', resource: functionArn }]),
    ];
  };

  const RotateSecret = operation(
    v.object({
      SecretId: members.secretId,
      ClientRequestToken: members.clientRequestToken,
      RotationLambdaARN: v.optional(v.pipe(v.string(), v.maxLength(2048))),
      RotationRules: v.optional(
        v.object({
          AutomaticallyAfterDays: v.optional(v.number()),
          Duration: v.optional(v.string()),
          ScheduleExpression: v.optional(v.string()),
        }),
      ),
      RotateImmediately: v.optional(v.boolean(), true),
      ExternalSecretRotationMetadata: notEmulated,
      ExternalSecretRotationRoleArn: notEmulated,
    }),
    input => {
      const versionId = requireToken(input.ClientRequestToken, 'InvalidParameterException');
      const secret = store.usable(input.SecretId);
      const newRules = input.RotationRules && new RotationRules(input.RotationRules);
      const functionArn = requireFunction(secret, input.RotationLambdaARN);
      if (runner.blocks(secret)) {
        throw new AwsError(
          'InvalidRequestException',
          "A previous rotation isn't complete. That rotation will be reattempted.",
        );
      }
      if (secret.versions.has(versionId)) {
        throw tokenInUse(secret, versionId, 'InvalidRequestException');
      }

      const previousRules = secret.rotation?.enabled === true ? secret.rotation.rules : undefined;
      const rules = newRules ?? secret.rotation?.rules;
      if (input.RotateImmediately) runner.begin(secret, functionArn, versionId);
      else runner.beginTest(secret, functionArn, versionId);
      store.update(secret, {
        rotation: { functionArn, enabled: true, rules },
      });
      scheduler.plan(secret, {
        keepEarlier: !input.RotateImmediately && previousRules?.isRate === true && rules?.isRate === true,
      });
      return { ARN: secret.arn, Name: secret.name, VersionId: versionId };
    },
    input => rotateAccess(input.SecretId, input.RotationLambdaARN),
  );

  const CancelRotateSecret = operation(
    v.object({ SecretId: members.secretId }),
    input => {
      const secret = store.usable(input.SecretId);
      if (secret.rotation !== undefined) {
        store.update(secret, { rotation: { ...secret.rotation, enabled: false } });
      }
      scheduler.cancel(secret);
      const versionId = runner.cancel(secret);
      return {
        ARN: secret.arn,
        Name: secret.name,
        ...(versionId === undefined ? {} : { VersionId: versionId }),
      };
    },
    input => access('CancelRotateSecret', input.SecretId),
  );

  return { RotateSecret, CancelRotateSecret };
}
