import { onTestFinished, vi } from 'vitest';
import type { AwsError } from '../../../sandbox/aws/aws-error.ts';
import type { Caller } from '../../../sandbox/aws/service.ts';
import { validated } from '../../../sandbox/aws/validation.ts';
import { Clock } from '../../../sandbox/clock.ts';
import { CloudTrail } from '../../../sandbox/cloudtrail/cloudtrail.ts';
import type { CheckKeyUse } from '../../../sandbox/kms/key-use.ts';
import type { Invocation } from '../../../sandbox/lambda/invoker.ts';
import {
  SecretsManager,
  type SecretsManagerOptions,
} from '../../../sandbox/secrets-manager/secrets-manager.ts';

const FUNCTION_PREFIX = 'arn:aws:lambda:eu-central-1:111122223333:function:';
export const ROTATION_FUNCTION = `${FUNCTION_PREFIX}rotation`;
export const V1 = '11111111-1111-4111-8111-111111111111';
export const V2 = '22222222-2222-4222-8222-222222222222';
export const V3 = '33333333-3333-4333-8333-333333333333';

/** A human operator. */
export const OPERATOR: Caller = {
  accountId: '111122223333',
  arn: 'arn:aws:iam::111122223333:user/operator',
  userId: 'AIDAOPERATOR',
};

/** The role of the function of this name. */
export function lambda(name: string): Caller {
  return {
    accountId: '111122223333',
    arn: `arn:aws:sts::111122223333:assumed-role/${name}/${name}`,
    userId: `AROA${name}:${name}`,
    roleArn: `arn:aws:iam::111122223333:role/${name}`,
    functionArn: `${FUNCTION_PREFIX}${name}`,
  };
}

/** The event of a rotation function. */
export interface StepEvent {
  readonly Step: string;
  readonly SecretId: string;
  readonly ClientRequestToken: string;
  readonly RotationToken: string;
}

type StepHandler = (event: StepEvent) => unknown;

/** A response, with the members that tests read. */
interface Response {
  readonly [member: string]: unknown;
  readonly ARN: string;
  readonly NextToken?: string;
}

/** An emulated Secrets Manager, a rotation function and a virtual clock. */
export class SecretsWorld {
  readonly clock = new Clock();
  readonly cloudTrail: CloudTrail;
  readonly secretsManager: SecretsManager;
  /** Every event that the rotation function has received. */
  readonly events: StepEvent[] = [];
  /** The error that Lambda returns instead of invoking the function. */
  lambdaRefusal: AwsError | undefined;
  /** The rotation function's code for each step. By default it writes `rotated` and promotes it. */
  readonly steps: Record<string, StepHandler | undefined> = {
    createSecret: event =>
      this.call(
        'PutSecretValue',
        {
          SecretId: event.SecretId,
          ClientRequestToken: event.ClientRequestToken,
          SecretString: 'rotated',
          VersionStages: ['AWSPENDING'],
        },
        lambda('rotation'),
      ),
    finishSecret: event => this.promote(event.ClientRequestToken),
  };

  constructor(options: {
    behaviour?: SecretsManagerOptions['behaviour'];
    checkKeyUse?: CheckKeyUse;
    now: string;
  }) {
    vi.useFakeTimers({ now: new Date(options.now), toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    onTestFinished(() => {
      this.clock.stop();
      vi.useRealTimers();
    });
    const account = { accountId: '111122223333', region: 'eu-central-1', partition: 'aws' };
    this.cloudTrail = new CloudTrail(this.clock);
    this.secretsManager = new SecretsManager({
      ...account,
      clock: this.clock,
      cloudTrail: this.cloudTrail,
      functions: { invoke: (functionArn, payload) => this.#invoke(functionArn, payload) },
      mayInvoke: functionArn => functionArn === ROTATION_FUNCTION,
      behaviour: options.behaviour,
      checkKeyUse: options.checkKeyUse ?? (() => 'usable'),
    });
  }

  /** Calls an operation as the endpoint does. */
  async call(name: string, input: object, caller: Caller = OPERATOR): Promise<Response> {
    const operation = this.secretsManager.operations[name];
    if (operation === undefined) throw new Error(`No operation ${name}.`);
    const call = { service: 'secretsmanager', operation: name, input, caller, requestId: 'request-1' };
    return (await operation.run(validated(operation.schema, input), call)) as Response;
  }

  /** Creates the secret `genesys` with version V1, and returns its ARN. */
  async createSecret(changes: object = {}): Promise<string> {
    const created = await this.call('CreateSecret', {
      Name: 'genesys',
      ClientRequestToken: V1,
      SecretString: 'first',
      ...changes,
    });
    return created.ARN;
  }

  put(versionId: string, value: string, changes: object = {}, caller: Caller = OPERATOR): Promise<Response> {
    return this.call(
      'PutSecretValue',
      { SecretId: 'genesys', ClientRequestToken: versionId, SecretString: value, ...changes },
      caller,
    );
  }

  /** Moves AWSCURRENT to this version from the one that has it. */
  promote(versionId: string): Promise<Response> {
    const current = this.secretsManager
      .secret('genesys')
      ?.versions.find(version => version.labels.includes('AWSCURRENT'))?.id;
    return this.call('UpdateSecretVersionStage', {
      SecretId: 'genesys',
      VersionStage: 'AWSCURRENT',
      MoveToVersionId: versionId,
      RemoveFromVersionId: current,
    });
  }

  /** Starts a rotation with the token V2, and waits until no step runs. */
  async rotate(changes: object = {}): Promise<void> {
    await this.call('RotateSecret', {
      SecretId: 'genesys',
      ClientRequestToken: V2,
      RotationLambdaARN: ROTATION_FUNCTION,
      ...changes,
    });
    await this.secretsManager.rotationsIdle();
  }

  /** Advances the clock, and waits until no step runs. */
  async advance(ms: number): Promise<void> {
    this.clock.advance(ms);
    await this.secretsManager.rotationsIdle();
  }

  /** The labels of each version, by version id. */
  labels(): Record<string, readonly string[]> {
    const versions = this.secretsManager.secret('genesys')?.versions ?? [];
    return Object.fromEntries(versions.map(({ id, labels }) => [id, labels]));
  }

  /** The names of the events in CloudTrail. */
  eventNames(): string[] {
    return this.cloudTrail.events().map(({ name }) => name);
  }

  async #invoke(functionArn: string, payload: unknown): Promise<Invocation> {
    if (functionArn !== ROTATION_FUNCTION) throw new Error(`Unexpected function ${functionArn}.`);
    if (this.lambdaRefusal !== undefined) throw this.lambdaRefusal;
    const event = JSON.parse(JSON.stringify(payload)) as StepEvent;
    this.events.push(event);
    try {
      await this.steps[event.Step]?.(event);
      return { payload: null, requestId: 'invocation' };
    } catch (error) {
      const { name, message } = error as Error;
      return {
        payload: { errorType: name, errorMessage: message, trace: [] },
        functionError: 'Unhandled',
        requestId: 'invocation',
      };
    }
  }
}

/** A world at 10:30 UTC on a Monday. */
export function secretsWorld(
  options: { behaviour?: SecretsManagerOptions['behaviour']; checkKeyUse?: CheckKeyUse; now?: string } = {},
): SecretsWorld {
  return new SecretsWorld({ now: '2026-03-02T10:30:00Z', ...options });
}

/** The error of a refused call. */
export function refusal(type: string, message?: string): object {
  return { name: 'AwsError', type, statusCode: 400, ...(message !== undefined && { message }) };
}
