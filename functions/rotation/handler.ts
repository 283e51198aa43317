import { setTimeout as sleep } from 'node:timers/promises';
import { KMSClient } from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { AWS_CLIENT_LIMITS } from '../shared/aws-clients.ts';
import type { RemainingTime } from '../shared/genesys/timeouts.ts';
import { requiredVariable } from '../shared/input/environment.ts';
import { rotate } from './rotation.ts';
import { parseRotationEvent } from './rotation-event.ts';

const stateMachineArn = requiredVariable('STATE_MACHINE_ARN');
const sealKeyArn = requiredVariable('SEAL_KEY_ARN');
const secrets = new SecretsManagerClient(AWS_CLIENT_LIMITS);
const stepFunctions = new SFNClient(AWS_CLIENT_LIMITS);
const kms = new KMSClient(AWS_CLIENT_LIMITS);

/** The rotation function that Secrets Manager invokes. */
export async function handler(event: unknown, context: RemainingTime): Promise<void> {
  await rotate(parseRotationEvent(event), {
    secrets,
    stepFunctions,
    kms,
    stateMachineArn,
    sealKeyArn,
    sleep,
    random: Math.random,
    remainingMs: () => context.getRemainingTimeInMillis(),
  });
}
