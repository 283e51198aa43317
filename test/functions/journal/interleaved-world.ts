import { createHash, randomBytes } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import type { KMSClient } from '@aws-sdk/client-kms';
import {
  InvalidParameterException,
  ResourceExistsException,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { parsePromotion, promote } from '../../../functions/promote/promote.ts';
import { standDown } from '../../../functions/promote/stand-down.ts';
import { parseRefreshRequest, refresh } from '../../../functions/refresh/refresh.ts';
import { HOUR_MS } from '../../../functions/shared/durations.ts';
import { requestFields } from '../../../functions/shared/input/request.ts';
import { fingerprintOf } from '../../../functions/shared/journal/fingerprint.ts';
import { readNewestPair } from '../../../functions/shared/journal/journal.ts';
import { openPair } from '../../../functions/shared/journal/sealed-pair.ts';
import { belongsToRotation } from '../../../functions/shared/secrets/secret-versions.ts';
import { parseStorePendingRequest, storePending } from '../../../functions/store-pending/store-pending.ts';
import { parseVerifyRequest, verify } from '../../../functions/verify/verify.ts';
import { AwsError } from '../../../sandbox/aws/aws-error.ts';
import { Clock } from '../../../sandbox/clock.ts';
import { DynamoDb } from '../../../sandbox/dynamodb/dynamodb.ts';
import { definitionTextWithoutPublishing } from '../../../statemachine/definition-text.ts';

const SECRET_ARN = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:crm-AbCdEf';
const EXECUTION_ARN = 'arn:aws:states:eu-central-1:111122223333:execution:rotation:';
const ACCOUNT = { partition: 'aws', region: 'eu-central-1', accountId: '111122223333' } as const;
const TABLE = 'journal';
const CLIENT_ID = 'client';
const MAX_GAP_MS = 9 * HOUR_MS;
const TOKEN_LIFETIME_SECONDS = 24 * 3_600;
/** A function's remaining time; its marks expire 5 s later. */
const FUNCTION_MS = 30_000;
/** More calls than any execution makes. */
const MAX_STEPS = 500;
/** Longer than a mark or a claim lasts. */
const MARKS_OVER_MS = 40_000;

/** Undocumented behaviour of Genesys Cloud. */
export interface GenesysVariant {
  /** Whether a refresh invalidates earlier access tokens. */
  readonly refreshRevokesAccess: boolean;
  /** The result of presenting a spent refresh token: it is rejected, or the whole login is also revoked. */
  readonly reuse: 'rejects' | 'revokes';
}

/** Whether a default PutSecretValue removes AWSPENDING from another version. */
export interface SecretsManagerVariant {
  readonly putTakesPending: boolean;
}

/** The number of grants in the secret at the start. */
export type GrantCount = 1 | 2;

interface Login {
  /** The number of its live refresh token. */
  head: number;
  issued: number;
  readonly accessExpiresMs: Map<number, number>;
  isRevoked: boolean;
}

/** A call that a function is about to make. */
interface PendingCall {
  readonly run: FunctionRun;
  readonly name: string;
  /** Makes the call take effect. */
  readonly perform: (stale: boolean) => unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly mayBeStale: boolean;
  /** Other outcomes of the call, as faults. */
  readonly faults: readonly { readonly name: string; readonly perform: () => unknown }[];
  /** Closes the connection when the function is killed. */
  readonly drop?: () => void;
}

/** One invocation of a function. */
interface FunctionRun {
  readonly id: number;
  readonly execution: Execution;
  readonly state: string;
  isKilled: boolean;
  isSettled: boolean;
  /** Its Task has ended, so its result is ignored. */
  isOrphan: boolean;
}

interface Execution {
  readonly arn: string;
  readonly versionId: string;
  state: string;
  data: Record<string, unknown>;
  status: 'RUNNING' | 'FAILED' | 'SUCCEEDED';
  error: string | undefined;
  message: string;
  redriveCount: number;
}

/** Something that can happen next. */
interface Move {
  readonly name: string;
  /** The kind of an unusual move. A walk has a limited number of each. */
  readonly budget?: 'fault' | 'person' | 'stale' | 'time' | 'late';
  readonly apply: () => void | Promise<void>;
}

const DEFINITION = JSON.parse(definitionTextWithoutPublishing());

/**
 * Runs the real functions of the workflow in one process. Every call waits until the test chooses it: two executions,
 * orphans, crashes before and after each call, lost results, stale reads and people, in any order. The state machine
 * follows the deployed definition, reduced to Task, Choice, Catch and redrive. The journal's table is in the sandbox's
 * DynamoDB.
 */
export class InterleavedWorld {
  readonly #genesys: GenesysVariant;
  readonly #secretsManager: SecretsManagerVariant;
  readonly #clock = new Clock({ isVirtual: true });
  readonly #table: DynamoDb;
  readonly #server = createServer();
  readonly #logins = new Map<string, Login>([['A', newLogin(this.#clock.nowMs())]]);
  /** Whether a person has written the tokens of AWSCURRENT since the last promotion. */
  #isChosen = false;
  readonly #versions = new Map<string, string>();
  readonly #labels: { AWSCURRENT: string; AWSPENDING?: string | undefined; AWSPREVIOUS?: string | undefined };
  /** The version that was AWSCURRENT before the last write, as a stale read still shows it. */
  #formerCurrentId: string | undefined;
  readonly #dataKeys = new Map<string, { readonly key: Buffer; readonly context: string }>();
  readonly #executions: Execution[] = [];
  readonly #runs = new Map<number, FunctionRun>();
  #pending: PendingCall[] = [];
  #entries = 0;
  #edits = 0;
  readonly #violations: string[] = [];
  readonly #history: string[] = [];

  private constructor(genesys: GenesysVariant, secretsManager: SecretsManagerVariant, grants: GrantCount) {
    this.#genesys = genesys;
    this.#secretsManager = secretsManager;
    this.#table = new DynamoDb({ ...ACCOUNT, clock: this.#clock });
    this.#table.createTable({ name: TABLE, arn: tableArn(), partitionKey: 'pk', sortKey: 'sk' });
    const seed = { clientId: CLIENT_ID, clientSecret: 'secret', edit: 0, ...this.#tokensOf('A') };
    if (grants === 2) this.#logins.set('S', newLogin(this.#clock.nowMs()));
    const alternate = grants === 2 ? { alternateRefreshToken: 'S0' } : {};
    this.#versions.set('seed', JSON.stringify({ ...seed, ...alternate }));
    this.#labels = { AWSCURRENT: 'seed' };
  }

  static async start(
    genesys: GenesysVariant,
    secretsManager: SecretsManagerVariant,
    grants: GrantCount = 1,
  ): Promise<InterleavedWorld> {
    const world = new InterleavedWorld(genesys, secretsManager, grants);
    world.#server.on('request', (request, response) => {
      const [, runId = '', endpoint = ''] = /^\/run-(\d+)\/(.*)$/.exec(request.url ?? '') ?? [];
      const chunks: Buffer[] = [];
      request.on('data', chunk => chunks.push(chunk));
      request.on('end', () => {
        const run = world.#runs.get(Number(runId));
        if (run !== undefined)
          world.#request(
            run,
            endpoint,
            request.headers.authorization,
            Buffer.concat(chunks).toString(),
            response,
          );
      });
    });
    await new Promise<void>(resolve => world.#server.listen(0, '127.0.0.1', resolve));
    return world;
  }

  async close(): Promise<void> {
    for (const run of this.#runs.values()) this.#kill(run);
    await this.#settle();
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** The violations, and all moves that led to them. */
  get violations(): readonly string[] {
    return this.#violations.length === 0 ? [] : [...this.#violations, ...this.#history];
  }

  /** Everything that can happen now. */
  moves(): Move[] {
    return [...this.#callMoves(), ...this.#executionMoves(), ...this.#timeMoves(), ...this.#peopleMoves()];
  }

  /**
   * Advances only one execution until a matching move is possible, and takes that move.
   *
   * @throws Error the execution ends first
   */
  async until(pattern: RegExp, execution = 0): Promise<void> {
    for (let steps = 0; ; steps++) {
      const moves = this.moves();
      const wanted = moves.find(({ name }) => pattern.test(name));
      const next = moves.find(
        ({ name, budget }) =>
          budget === undefined && name.startsWith(`${execution} `) && !name.includes(' orphan '),
      );
      const move = wanted ?? next;
      if (move === undefined || steps > MAX_STEPS)
        throw new Error(`Nothing matches ${pattern}: ${moves.map(({ name }) => name)}`);
      await this.take(move);
      if (wanted !== undefined) return;
    }
  }

  /** Advances one execution until it closes. */
  async untilClosed(execution = 0): Promise<string> {
    const subject = this.#executions[execution];
    if (subject === undefined) throw new Error(`There is no execution ${execution}.`);
    await this.#finish(subject);
    return subject.status === 'SUCCEEDED' ? subject.state : `${subject.state}: ${subject.error}`;
  }

  /** Runs a whole rotation, even if the moves no longer include one. */
  async rotate(): Promise<void> {
    this.#startRotation();
    await this.untilClosed(this.#executions.length - 1);
  }

  /** The refresh tokens of AWSCURRENT, and whether Genesys Cloud accepts the tokens of the grant in use. */
  current() {
    const { refreshToken, accessToken, alternateRefreshToken } = this.#currentTokens();
    return {
      refreshToken,
      ...(alternateRefreshToken !== undefined && { alternateRefreshToken }),
      works: this.#isHead(refreshToken) && this.#works(accessToken),
    };
  }

  /** Revokes a login at Genesys Cloud. */
  revoke(login: string): void {
    const revoked = this.#logins.get(login);
    if (revoked !== undefined) revoked.isRevoked = true;
  }

  /** Expires the newest access token of a login, but not its refresh token. */
  expireAccessToken(login: string): void {
    const ended = this.#logins.get(login);
    ended?.accessExpiresMs.set(ended.issued, this.#clock.nowMs());
  }

  async take({ name, apply }: Move): Promise<void> {
    this.#history.push(name);
    await apply();
    await this.#settle();
    await this.#checkConsumers();
  }

  /**
   * Finishes all running executions without further faults, then rotates as Secrets Manager would. If the newest
   * refresh token of the current login is stored anywhere, the rotations must find it.
   */
  async recover(): Promise<void> {
    this.#formerCurrentId = undefined;
    for (const execution of this.#executions)
      if (execution.status === 'RUNNING') await this.#finish(execution);
    await this.#drain();
    const held = await Promise.all(
      this.#currentLogins().map(async login => ((await this.#isHeld(login)) ? [login] : [])),
    );
    const [login] = held.flat();
    if (login === undefined) return;
    for (let attempt = 0; attempt < 6; attempt++) {
      const before = this.#currentTokens().accessToken;
      const execution = await this.#rotateAsService();
      const { refreshToken, accessToken } = this.#currentTokens();
      const isNew = execution.status === 'SUCCEEDED' && accessToken !== before;
      if (isNew && this.#isHead(refreshToken) && this.#works(accessToken)) return;
    }
    this.#violate(`${login}${this.#logins.get(login)?.head} is stored, but rotations do not find it`);
  }

  // ------------------------------------------------------------------------------------------- calls of functions

  #callMoves(): Move[] {
    return this.#pending.flatMap((call): Move[] => {
      const who = `${nameOf(call.run.execution)}${call.run.isOrphan ? ' orphan' : ''} ${call.run.state}: ${call.name}`;
      const finish = (how: () => void) => (): void => {
        this.#pending = this.#pending.filter(other => other !== call);
        how();
      };
      const isWrite = !call.name.startsWith('Get') && !call.name.startsWith('Describe');
      return [
        { name: who, apply: finish(() => settleCall(call, false)) },
        ...(call.mayBeStale && this.#formerCurrentId !== undefined
          ? [
              {
                name: `${who} (stale)`,
                budget: 'stale' as const,
                apply: finish(() => settleCall(call, true)),
              },
            ]
          : []),
        ...call.faults.map(({ name, perform }) => ({
          name: `${who}: ${name}`,
          budget: 'fault' as const,
          apply: finish(() => call.resolve(perform())),
        })),
        { name: `${who} fails`, budget: 'fault', apply: finish(() => call.reject(timeout())) },
        ...(isWrite
          ? [
              {
                name: `${who} takes effect, its response is lost`,
                budget: 'fault' as const,
                apply: finish(() => {
                  applyIgnoringErrors(() => call.perform(false));
                  call.reject(timeout());
                }),
              },
            ]
          : []),
        {
          name: `${who}: the function is killed before`,
          budget: 'fault',
          apply: finish(() => this.#kill(call.run)),
        },
        {
          name: `${who}: the function is killed after`,
          budget: 'fault',
          apply: finish(() => {
            applyIgnoringErrors(() => call.perform(false));
            this.#kill(call.run);
          }),
        },
        ...(call.run.isOrphan
          ? []
          : [
              {
                name: `${who}: its Task times out, the function keeps running`,
                budget: 'fault' as const,
                apply: () => {
                  call.run.isOrphan = true;
                  this.#failTask(call.run.execution, 'States.Timeout', '');
                },
              },
            ]),
      ];
    });
  }

  #request(
    run: FunctionRun,
    endpoint: string,
    authorization: string | undefined,
    body: string,
    response: ServerResponse,
  ): void {
    const respond = (status: number, content: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
    };
    const drop = (): void => void response.destroy();
    if (run.isKilled) {
      drop();
      return;
    }
    const call = {
      run,
      mayBeStale: false,
      resolve: (result: unknown) => respond(...(result as [number, object])),
      reject: drop,
      drop,
    };
    if (endpoint.startsWith('api/')) {
      const accessToken = (authorization ?? '').replace('Bearer ', '');
      this.#pending.push({
        ...call,
        name: 'Get users/me',
        perform: () => (this.#works(accessToken) ? [200, { id: 'user' }] : [401, {}]),
        faults: [],
      });
      return;
    }
    const token = new URLSearchParams(body).get('refresh_token') ?? '';
    this.#pending.push({
      ...call,
      name: `present ${token}`,
      perform: () => this.#present(token),
      faults: [
        { name: '503', perform: () => [503, {}] },
        { name: '500', perform: () => [500, {}] },
        { name: 'a response without refresh_token', perform: () => this.#present(token, true) },
        {
          name: '500, and it takes effect later',
          perform: () => {
            this.#late.push(token);
            return [500, {}];
          },
        },
      ],
    });
  }

  /** The token endpoint's response. */
  #present(token: string, keepsToken = false): [number, object] {
    const login = this.#logins.get(token.slice(0, 1));
    const rejected: [number, object] = [400, { error: 'invalid_grant' }];
    if (login === undefined || login.isRevoked) return rejected;
    if (login.head !== numberOf(token)) {
      this.#presentedSpent.push(token);
      if (this.#genesys.reuse === 'revokes') login.isRevoked = true;
      return rejected;
    }
    login.issued += 1;
    if (!keepsToken) login.head = login.issued;
    login.accessExpiresMs.set(login.issued, this.#clock.nowMs() + TOKEN_LIFETIME_SECONDS * 1_000);
    const issued = `${token.slice(0, 1)}${login.issued}`;
    const refreshToken = keepsToken ? {} : { refresh_token: issued };
    return [200, { access_token: issued, ...refreshToken, expires_in: TOKEN_LIFETIME_SECONDS }];
  }

  readonly #presentedSpent: string[] = [];
  /** Requests that Genesys Cloud has accepted but not processed yet. */
  readonly #late: string[] = [];

  /** An AWS SDK client whose calls wait to be chosen. */
  #client<Client>(run: FunctionRun, perform: (name: string, input: never, stale: boolean) => object): Client {
    const send = (command: { readonly input: object }): Promise<unknown> => {
      const name = command.constructor.name.replace(/Command$/, '');
      if (run.isKilled) return new Promise(() => {});
      return new Promise((resolve, reject) => {
        this.#pending.push({
          run,
          name,
          mayBeStale: name === 'GetSecretValue' || name === 'DescribeSecret',
          perform: stale => perform(name, command.input as never, stale),
          faults: [],
          resolve,
          reject,
        });
      });
    };
    return { send } as Client;
  }

  #secrets(name: string, input: SecretsInput, stale: boolean): object {
    const currentId = stale ? (this.#formerCurrentId ?? this.#labels.AWSCURRENT) : this.#labels.AWSCURRENT;
    switch (name) {
      case 'DescribeSecret': {
        const stages: Record<string, string[]> = {};
        for (const [label, id] of Object.entries({ ...this.#labels, AWSCURRENT: currentId })) {
          if (id !== undefined) stages[id] = [...(stages[id] ?? []), label];
        }
        return { ARN: SECRET_ARN, Name: 'crm', RotationEnabled: true, VersionIdsToStages: stages };
      }
      case 'GetSecretValue': {
        const VersionId = input.VersionId ?? currentId;
        const SecretString = this.#versions.get(VersionId);
        if (SecretString === undefined)
          throw new ResourceNotFoundException({ message: 'no value', $metadata: {} });
        return { VersionId, SecretString };
      }
      case 'PutSecretValue': {
        const id = input.ClientRequestToken ?? '';
        const value = input.SecretString ?? '';
        const existing = this.#versions.get(id);
        if (existing !== undefined && existing !== value) {
          throw new ResourceExistsException({ message: 'other data', $metadata: {} });
        }
        if (existing === undefined) {
          this.#versions.set(id, value);
          this.#labels.AWSPENDING = id;
        }
        return { VersionStages: this.#labelsOf(id) };
      }
      case 'UpdateSecretVersionStage':
        return this.#moveLabel(input);
      default:
        throw new Error(`Secrets Manager: ${name}`);
    }
  }

  #moveLabel({ VersionStage, MoveToVersionId: to, RemoveFromVersionId: from }: SecretsInput): object {
    const label = VersionStage === 'AWSCURRENT' ? 'AWSCURRENT' : 'AWSPENDING';
    if (this.#labels[label] !== from)
      throw new InvalidParameterException({ message: 'label', $metadata: {} });
    if (label === 'AWSPENDING') {
      this.#labels.AWSPENDING = to;
      return {};
    }
    if (to === undefined) throw new InvalidParameterException({ message: 'AWSCURRENT', $metadata: {} });
    this.#checkPromotion(from ?? '', to);
    this.#moveCurrent(to);
    return {};
  }

  #kms(name: string, input: KmsInput): object {
    const context = JSON.stringify(Object.entries(input.EncryptionContext ?? {}).sort());
    if (name === 'GenerateDataKey') {
      const key = randomBytes(32);
      const blob = randomBytes(16);
      this.#dataKeys.set(blob.toString('hex'), { key, context });
      return { Plaintext: Uint8Array.from(key), CiphertextBlob: Uint8Array.from(blob) };
    }
    const found = this.#dataKeys.get(Buffer.from(input.CiphertextBlob ?? []).toString('hex'));
    if (found?.context !== context) throw new Error('InvalidCiphertextException');
    return { Plaintext: Uint8Array.from(found.key) };
  }

  #dynamoDb(name: string, input: object): object {
    try {
      return runOperation(this.#table, name, input);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const options = { message: error.message, $metadata: {}, ...error.details };
      if (error.type === 'ConditionalCheckFailedException')
        throw new ConditionalCheckFailedException(options);
      if (error.type === 'TransactionCanceledException') throw new TransactionCanceledException(options);
      throw error;
    }
  }

  // ------------------------------------------------------------------------------------------- executions

  #executionMoves(): Move[] {
    const failed = this.#executions.filter(({ status }) => status === 'FAILED');
    const redrives = failed.map(execution => ({
      name: `redrive of ${nameOf(execution)} in ${execution.state}`,
      apply: () => this.#redrive(execution),
    }));
    if (this.#executions.length >= 2) return redrives;
    const { AWSPENDING: pending, AWSCURRENT: current } = this.#labels;
    const canStartNextAttempt = pending !== undefined && pending !== current;
    return [
      ...redrives,
      { name: 'a new rotation', apply: () => this.#startRotation() },
      ...(canStartNextAttempt
        ? [{ name: `another attempt of ${pending}`, apply: () => void this.#startNextAttempt(pending) }]
        : []),
    ];
  }

  #startRotation(): void {
    const versionId = `rotation-${this.#executions.length}`;
    this.#labels.AWSPENDING = versionId;
    this.#start(versionId);
  }

  /** Does what createSecret does for a known ClientRequestToken. */
  #startNextAttempt(pendingId: string): Execution {
    const latest = this.#executions.findLast(({ versionId }) => belongsToRotation(pendingId, versionId));
    if (latest?.status === 'FAILED') this.#redrive(latest);
    if (latest?.status === 'FAILED' || latest?.status === 'RUNNING') return latest;
    return this.#start(latest?.versionId ?? pendingId);
  }

  #start(versionId: string): Execution {
    const execution: Execution = {
      arn: `${EXECUTION_ARN}${this.#executions.length}`,
      versionId,
      state: 'Refresh',
      data: { secretArn: SECRET_ARN, versionId, sealedRotationToken: null },
      status: 'RUNNING',
      error: undefined,
      message: '',
      redriveCount: 0,
    };
    this.#executions.push(execution);
    const isCurrent = belongsToRotation(this.#labels.AWSCURRENT, versionId);
    if (!isCurrent) this.#enter(execution, 'Refresh');
    else {
      // As Fetch does: the rotation is complete, except for a label on another of its versions.
      const { AWSPENDING: pending } = this.#labels;
      if (
        pending !== undefined &&
        pending !== this.#labels.AWSCURRENT &&
        belongsToRotation(pending, versionId)
      ) {
        this.#labels.AWSPENDING = undefined;
      }
      execution.status = 'SUCCEEDED';
    }
    return execution;
  }

  #redrive(execution: Execution): void {
    execution.status = 'RUNNING';
    execution.redriveCount += 1;
    this.#enter(execution, execution.state);
  }

  #enter(execution: Execution, state: string): void {
    execution.state = state;
    const definition = DEFINITION.States[state];
    if (definition.Type === 'Succeed') {
      execution.status = 'SUCCEEDED';
      return;
    }
    this.#entries += 1;
    const run: FunctionRun = {
      id: this.#runs.size + 1,
      execution,
      state,
      isKilled: false,
      isSettled: false,
      isOrphan: false,
    };
    this.#runs.set(run.id, run);
    const context = {
      Execution: { Id: execution.arn, RedriveCount: execution.redriveCount },
      State: { Name: state, EnteredTime: new Date(this.#entries * 1_000).toISOString(), RetryCount: 0 },
    };
    const payload = resolved(definition.Parameters.Payload, execution.data, context);
    void this.#invoke(run, payload).then(
      result => {
        run.isSettled = true;
        if (run.isOrphan || run.isKilled) return;
        execution.data = { ...execution.data, [definition.ResultPath.slice(2)]: { ...(result as object) } };
        this.#enter(execution, definition.Next);
      },
      (error: Error) => {
        run.isSettled = true;
        if (!run.isOrphan && !run.isKilled) this.#failTask(execution, error.name, error.message);
      },
    );
  }

  #failTask(execution: Execution, error: string, message: string): void {
    execution.error = error;
    execution.message = message;
    const catchers: { ErrorEquals: string[]; Next: string }[] =
      DEFINITION.States[execution.state].Catch ?? [];
    const next = catchers.find(({ ErrorEquals }) => ErrorEquals.includes(error))?.Next;
    if (next === undefined) execution.status = 'FAILED';
    else this.#enter(execution, next);
  }

  async #invoke(run: FunctionRun, payload: unknown): Promise<object> {
    const port = (this.#server.address() as AddressInfo).port;
    const url = `http://127.0.0.1:${port}/run-${run.id}`;
    const dependencies = {
      secrets: this.#client<SecretsManagerClient>(run, (name, input, stale) =>
        this.#secrets(name, input, stale),
      ),
      kms: this.#client<KMSClient>(run, (name, input) => this.#kms(name, input)),
      sealKeyArn: 'seal-key',
      journal: {
        dynamoDb: this.#client<DynamoDBClient>(run, (name, input) => this.#dynamoDb(name, input)),
        tableName: TABLE,
      },
      stateOf: async (arn: string) => this.#stateOf(arn),
      genesysUrlsOf: () => ({ loginUrl: url, apiUrl: url }),
      remainingMs: () => FUNCTION_MS,
      timeoutMs: () => FUNCTION_MS,
      now: () => this.#clock.now(),
      sleep: async () => undefined,
      longestGapMs: MAX_GAP_MS,
    };
    switch (run.state) {
      case 'Refresh':
      case 'Failover':
      case 'RefreshAgain':
        return refresh(parseRefreshRequest(payload), dependencies);
      case 'StorePending':
        return storePending(parseStorePendingRequest(payload), dependencies);
      case 'Verify':
        return verify(parseVerifyRequest(payload), dependencies);
      case 'Promote':
      case 'StandDown': {
        const fields = requestFields('request', payload);
        const subject = { secretArn: fields.string('secretArn'), versionId: fields.string('versionId') };
        const redriveCount = fields.count('redriveCount');
        return run.state === 'Promote'
          ? promote({ ...subject, action: 'promote', ...parsePromotion(fields) }, dependencies)
          : standDown({ ...subject, action: 'stand-down', redriveCount }, dependencies);
      }
      default:
        throw new Error(run.state);
    }
  }

  #stateOf(arn: string): 'running' | 'redrivable' | 'over' {
    const status = this.#executions.find(execution => execution.arn === arn)?.status;
    if (status === 'RUNNING') return 'running';
    return status === 'FAILED' ? 'redrivable' : 'over';
  }

  #kill(run: FunctionRun): void {
    run.isKilled = true;
    for (const call of this.#pending) if (call.run === run) call.drop?.();
    this.#pending = this.#pending.filter(call => call.run !== run);
    if (!run.isOrphan && run.execution.status === 'RUNNING' && !run.isSettled) {
      this.#failTask(run.execution, 'Runtime.ExitError', '');
    }
  }

  // ------------------------------------------------------------------------------------------- time and people

  #liveRuns(): FunctionRun[] {
    return [...this.#runs.values()].filter(({ isSettled, isKilled }) => !isSettled && !isKilled);
  }

  #timeMoves(): Move[] {
    const late = this.#late.map((token, index) => ({
      name: `Genesys Cloud processes the late ${token}`,
      budget: 'late' as const,
      apply: () => {
        this.#late.splice(index, 1);
        this.#present(token);
      },
    }));
    if (this.#liveRuns().length > 0) return late;
    return [
      ...late,
      { name: '40 s pass', apply: () => this.#pass(MARKS_OVER_MS) },
      { name: '20 h pass', budget: 'time', apply: () => this.#pass(20 * HOUR_MS) },
    ];
  }

  /** Genesys Cloud does not process a request after the mark of its exchange has expired. */
  #pass(ms: number): void {
    this.#late.length = 0;
    this.#clock.advance(ms);
  }

  #peopleMoves(): Move[] {
    const person = (name: string, apply: () => void): Move => ({ name, budget: 'person', apply });
    const { AWSPREVIOUS: previous, AWSPENDING: pending, AWSCURRENT: current } = this.#labels;
    return [
      person('edit of another key', () => {
        this.#edits += 1;
        this.#editCurrent({ edit: this.#edits });
      }),
      ...(previous === undefined
        ? []
        : [
            person(`rollback to ${previous}`, () => {
              this.#moveCurrent(previous);
              this.#isChosen = true;
            }),
            person('AWSPENDING put on AWSPREVIOUS', () => {
              this.#labels.AWSPENDING = previous;
            }),
          ]),
      ...(current === 'seed'
        ? []
        : [
            person('seed written again', () => {
              this.#editCurrent(JSON.parse(this.#versions.get('seed') ?? '{}'));
              this.#isChosen = true;
            }),
          ]),
      ...(this.#logins.has('B')
        ? []
        : [
            person('login B', () => {
              this.#logins.set('B', newLogin(this.#clock.nowMs()));
              this.#editCurrent(this.#tokensOf('B'));
              this.#isChosen = true;
            }),
          ]),
      ...(this.#currentLogins().length === 1
        ? []
        : [
            person('alternate grant removed', () => {
              this.#editCurrent({ alternateRefreshToken: undefined });
              this.#isChosen = true;
            }),
          ]),
      ...(pending === undefined
        ? []
        : [
            person('AWSPENDING removed', () => {
              this.#labels.AWSPENDING = undefined;
            }),
          ]),
    ];
  }

  /** Writes AWSCURRENT with these changes. */
  #editCurrent(changes: object): void {
    const id = `edit-${this.#versions.size}`;
    this.#versions.set(id, JSON.stringify({ ...this.#currentTokens(), ...changes }));
    this.#moveCurrent(id);
    if (this.#secretsManager.putTakesPending) this.#labels.AWSPENDING = undefined;
  }

  #moveCurrent(to: string): void {
    this.#formerCurrentId = this.#labels.AWSCURRENT;
    this.#labels.AWSPREVIOUS = this.#labels.AWSCURRENT;
    this.#labels.AWSCURRENT = to;
  }

  // ------------------------------------------------------------------------------------------- invariants

  #checkPromotion(from: string, to: string): void {
    const [before, after] = [this.#read(from), this.#read(to)];
    if (before.edit !== after.edit) this.#violate(`the edit ${before.edit} of AWSCURRENT is lost`);
    if (!loginsOf(before).includes(after.refreshToken.slice(0, 1))) {
      this.#violate(`${before.refreshToken} is replaced by ${after.refreshToken}, of another login`);
    }
    this.#isChosen = false;
  }

  /**
   * With two grants, consumers' access token works until it expires if both logins work, or if one works and the token
   * lasts until the next rotation. A person may write a token that does not work.
   */
  async #checkConsumers(): Promise<void> {
    const logins = this.#currentLogins();
    const { accessToken } = this.#currentTokens();
    const leftMs = this.#expiresMs(accessToken) - this.#clock.nowMs();
    if (logins.length === 1 || this.#isChosen || leftMs <= 0 || this.#works(accessToken)) return;
    const held = await Promise.all(logins.map(login => this.#isHeld(login)));
    const lost = held.filter(isHeld => !isHeld).length;
    if (lost === 0 || (lost === 1 && leftMs >= MAX_GAP_MS))
      this.#violate(`consumers hold ${accessToken}, which does not work`);
  }

  /** A spent token must not be presented while its successor is stored. */
  async #checkPresented(): Promise<void> {
    for (const token of this.#presentedSpent.splice(0)) {
      if (await this.#isHeld(token.slice(0, 1), { evenIfRevoked: true })) {
        this.#violate(`the spent ${token} was presented although its successor is stored`);
      }
    }
  }

  /** Whether the live refresh token of a login is in a version, in the journal, or in the state of an execution. */
  async #isHeld(login: string, { evenIfRevoked = false } = {}): Promise<boolean> {
    const { head = 0, isRevoked = true } = this.#logins.get(login) ?? {};
    if (isRevoked && !evenIfRevoked) return false;
    const token = `${login}${head}`;
    const versions = [...this.#versions.values()].map(value => JSON.parse(value) as Value);
    if (versions.some(value => value.refreshToken === token || value.alternateRefreshToken === token))
      return true;
    const states = this.#executions
      .filter(({ status }) => status !== 'SUCCEEDED')
      .map(({ data }) => data.refreshed);
    const recorded = await readNewestPair(this.#plainJournal(), SECRET_ARN, lineageOf(`${login}0`));
    for (const pair of [recorded, ...states]) {
      if (pair === undefined) continue;
      const opened = await openPair({ kms: this.#plainKms(), sealKeyArn: '' }, SECRET_ARN, pair as never);
      if (opened.tokens.refreshToken === token) return true;
    }
    return false;
  }

  #plainJournal() {
    const send = async (command: { readonly input: object }): Promise<object> =>
      this.#dynamoDb(command.constructor.name.replace(/Command$/, ''), command.input);
    return { dynamoDb: { send } as unknown as DynamoDBClient, tableName: TABLE };
  }

  #plainKms(): KMSClient {
    const send = async (command: { readonly input: KmsInput }): Promise<object> =>
      this.#kms('Decrypt', command.input);
    return { send } as unknown as KMSClient;
  }

  #works(accessToken: string): boolean {
    const login = this.#logins.get(accessToken.slice(0, 1));
    const number = numberOf(accessToken);
    if (login === undefined || login.isRevoked) return false;
    if (this.#genesys.refreshRevokesAccess && number !== login.issued) return false;
    return this.#expiresMs(accessToken) > this.#clock.nowMs();
  }

  #expiresMs(accessToken: string): number {
    return this.#logins.get(accessToken.slice(0, 1))?.accessExpiresMs.get(numberOf(accessToken)) ?? 0;
  }

  #isHead(refreshToken: string): boolean {
    const login = this.#logins.get(refreshToken.slice(0, 1));
    return login !== undefined && !login.isRevoked && login.head === numberOf(refreshToken);
  }

  #violate(what: string): void {
    this.#violations.push(what);
  }

  // ------------------------------------------------------------------------------------------- recovery

  async #rotateAsService(): Promise<Execution> {
    const { AWSPENDING: pending, AWSCURRENT: current } = this.#labels;
    let execution: Execution;
    if (pending !== undefined && pending !== current) execution = this.#startNextAttempt(pending);
    else {
      this.#startRotation();
      execution = this.#executions.at(-1) as Execution;
    }
    for (let redrives = 0; redrives < 5; redrives++) {
      await this.#finish(execution);
      if (execution.status === 'SUCCEEDED') break;
      if (execution.error === 'ExchangeUnsettled') {
        const owner = this.#executions.find(({ arn }) => execution.message.includes(`${arn}, `));
        if (owner?.status === 'FAILED') {
          this.#redrive(owner);
          await this.#finish(owner);
        }
      }
      await this.#drain();
      this.#pass(MARKS_OVER_MS);
      this.#redrive(execution);
    }
    await this.#finish(execution);
    return execution;
  }

  async #finish(execution: Execution): Promise<void> {
    for (let calls = 0; execution.status === 'RUNNING'; calls++) {
      await this.#settle();
      const call = this.#pending.find(({ run }) => run.execution === execution) ?? this.#pending[0];
      if (call === undefined || calls > MAX_STEPS) {
        this.#violate(`${nameOf(execution)} does not end, in ${execution.state}`);
        return;
      }
      this.#pending = this.#pending.filter(other => other !== call);
      this.#history.push(`(recovery) ${nameOf(execution)} ${call.run.state}: ${call.name}`);
      settleCall(call, false);
      await this.#settle();
    }
  }

  async #drain(): Promise<void> {
    for (;;) {
      await this.#settle();
      const call = this.#pending.shift();
      if (call === undefined) return;
      settleCall(call, false);
    }
  }

  /** Waits until every running function has a pending call or has ended. */
  async #settle(): Promise<void> {
    for (;;) {
      await nextTurn();
      const busy = this.#liveRuns().some(run => !this.#pending.some(call => call.run === run));
      if (!busy) break;
    }
    await this.#checkPresented();
  }

  // ------------------------------------------------------------------------------------------- values

  /** The keys that a new login writes. */
  #tokensOf(login: string): object {
    const expiresAt = new Date(this.#clock.nowMs() + TOKEN_LIFETIME_SECONDS * 1_000).toISOString();
    return { accessToken: `${login}0`, refreshToken: `${login}0`, expiresAt };
  }

  #read(versionId: string): Value {
    return JSON.parse(this.#versions.get(versionId) ?? '{}');
  }

  #currentTokens(): Value {
    return this.#read(this.#labels.AWSCURRENT);
  }

  #currentLogins(): string[] {
    return loginsOf(this.#currentTokens());
  }

  #labelsOf(versionId: string): string[] {
    return Object.entries(this.#labels).flatMap(([label, id]) => (id === versionId ? [label] : []));
  }
}

/** The value of a version. */
interface Value {
  readonly refreshToken: string;
  readonly accessToken: string;
  readonly alternateRefreshToken?: string | null;
  readonly edit: number;
}

interface SecretsInput {
  readonly VersionId?: string;
  readonly ClientRequestToken?: string;
  readonly SecretString?: string;
  readonly VersionStage?: string;
  readonly MoveToVersionId?: string;
  readonly RemoveFromVersionId?: string;
}

interface KmsInput {
  readonly EncryptionContext?: Readonly<Record<string, string>>;
  readonly CiphertextBlob?: Uint8Array;
}

/** The logins of a value's refresh tokens, the one in use first. */
function loginsOf({ refreshToken, alternateRefreshToken }: Value): string[] {
  return [...new Set([refreshToken, alternateRefreshToken ?? refreshToken].map(token => token.slice(0, 1)))];
}

function newLogin(nowMs: number): Login {
  return {
    head: 0,
    issued: 0,
    accessExpiresMs: new Map([[0, nowMs + TOKEN_LIFETIME_SECONDS * 1_000]]),
    isRevoked: false,
  };
}

function settleCall(call: PendingCall, stale: boolean): void {
  try {
    call.resolve(call.perform(stale));
  } catch (error) {
    call.reject(error as Error);
  }
}

function applyIgnoringErrors(effect: () => unknown): void {
  try {
    effect();
  } catch {
    // Refused: it has no effect.
  }
}

function timeout(): Error {
  return Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });
}

/** Runs an operation of the sandbox's DynamoDB without its endpoint. */
function runOperation(table: DynamoDb, name: string, input: object): object {
  const operation = table.operations[name];
  if (operation === undefined) throw new Error(`DynamoDB: ${name}`);
  const caller = { accountId: ACCOUNT.accountId, arn: 'arn:aws:iam::111122223333:user/test', userId: 'test' };
  const call = {
    service: 'dynamodb',
    operation: name,
    input,
    caller,
    requestId: createHash('sha256').digest('hex'),
  };
  return operation.run(input, call) as object;
}

function tableArn(): string {
  return `arn:aws:dynamodb:${ACCOUNT.region}:${ACCOUNT.accountId}:table/${TABLE}`;
}

function lineageOf(firstToken: string): string {
  return fingerprintOf({ clientId: CLIENT_ID, refreshToken: firstToken });
}

function numberOf(token: string): number {
  return Number(token.slice(1));
}

function nameOf({ arn }: Execution): string {
  return arn.slice(EXECUTION_ARN.length);
}

/** The Amazon States Language's payload template, with reference paths of dots only. */
function resolved(template: unknown, data: object, context: object): unknown {
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) => {
      if (!key.endsWith('.$')) return [key, resolved(value, data, context)];
      const path = String(value);
      const [root, keys] = path.startsWith('$$.') ? [context, path.slice(3)] : [data, path.slice(2)];
      const found = keys
        .split('.')
        .reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], root);
      return [key.slice(0, -2), found];
    }),
  );
}
