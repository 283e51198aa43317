// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the code that is replaced has templates of its own

/** One deliberate bug. */
export interface Mutant {
  /** The effect of the bug. */
  readonly bug: string;
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** The tests that must detect it. */
  readonly tests: readonly string[];
}

/** @returns a file's source with the bug; undefined when the mutant is outdated */
export function withBug(source: string, { find, replace }: Mutant): string | undefined {
  const isOutdated = source.split(find).length !== 2 || find === replace;
  return isOutdated ? undefined : source.replace(find, () => replace);
}

/** The mutants of one file, which the same tests detect. */
function mutantsOf(
  file: string,
  tests: readonly string[],
  mutants: readonly Pick<Mutant, 'bug' | 'find' | 'replace'>[],
): readonly Mutant[] {
  return mutants.map(mutant => ({ ...mutant, file, tests }));
}

const FETCH = mutantsOf(
  'functions/fetch/fetch.ts',
  ['test/functions/fetch.test.ts'],
  [
    {
      bug: 'an execution that is not named after its rotation may rotate',
      find: 'description.arn !== secretArn || !isAttemptOf(execution, rotation, purpose)',
      replace: 'description.arn !== secretArn',
    },
    {
      bug: 'a rotation that is already AWSCURRENT is rotated again',
      find: "if (label === 'AWSCURRENT') return 'rotated';",
      replace: '',
    },
    {
      bug: 'a redrive after a fix of the value stands down',
      find: 'label === undefined && redriveCount === 0 ?',
      replace: 'label === undefined ?',
    },
    {
      bug: 'a secret that names no host is accepted where one is required',
      find: 'if (hostRequired) assertNamesHost(secretArn, credential);',
      replace: '',
    },
    {
      bug: 'a refresh token is spent although the value has no room for new tokens',
      find: 'assertRoomForTokens(secretArn, credential);',
      replace: '',
    },
    {
      bug: 'a redriven execution takes AWSPENDING from the version of another rotation',
      find: 'pendingId === undefined || !isLeftover(pendingId, request)',
      replace: 'pendingId === undefined',
    },
  ],
);

const REFRESH = mutantsOf(
  'functions/refresh/refresh.ts',
  [
    'test/functions/refresh.test.ts',
    'test/functions/refresh-exchange.test.ts',
    'test/functions/journal/rules.test.ts',
  ],
  [
    {
      bug: 'RefreshAgain exchanges the token of a newer login',
      find: "if (comparison === 'another') {",
      replace: 'if (comparison === undefined) {',
    },
    {
      bug: 'the token in AWSCURRENT is presented instead of the newest one',
      find: 'pair !== undefined && token.fingerprint !== fingerprintOf(credential)',
      replace: 'false',
    },
    {
      bug: 'a token is presented when the function has too little time for the response',
      find: 'if (remainingMs() < TOKEN_TIMEOUT_MS + RECORD_RESERVE_MS) throw outOfTime(secretArn);',
      replace: '',
    },
    {
      bug: 'the deadline of the mark passes while the function still runs',
      find: 'now().getTime() + remainingMs() + DEADLINE_MARGIN_MS',
      replace: 'now().getTime() + DEADLINE_MARGIN_MS',
    },
    {
      bug: 'a lost response ends the mark, so that the next attempt presents the token immediately',
      find: 'error instanceof GenesysUnavailable\n  );',
      replace: 'error instanceof Error\n  );',
    },
    {
      bug: 'the new pair is lost when the journal cannot be written',
      find: "log('warn', 'exchange not recorded', request, { error: nameOf(error) });",
      replace: 'throw error;',
    },
    {
      bug: 'a token is presented again although a failed execution may hold its pair',
      find: "if (state === 'over') return;",
      replace: "if (state !== 'running') return;",
    },
    {
      bug: 'a token is presented again although its exchange may be in progress',
      find: "if (state === 'running') throw inProgress(secretArn, deadline);",
      replace: "if (state === 'running') return;",
    },
    {
      bug: 'a rejection caused by a stale read of AWSCURRENT fails the rotation',
      find: 'if (movedTo !== undefined) continue;',
      replace: '',
    },
    {
      bug: 'a late orphan exchanges the pair that its own rotation has promoted',
      find: 'replaces === undefined && belongsToRotation(versionId, request.versionId)',
      replace: 'false',
    },
  ],
);

const PLAN = mutantsOf(
  'functions/shared/journal/exchange-plan.ts',
  ['test/functions/shared/journal/exchange-plan.test.ts'],
  [
    {
      bug: 'a token that was exchanged is presented again',
      find: "if (token.status === 'exchanged') return { kind: 'spent' };",
      replace: '',
    },
    {
      bug: 'a token is exchanged while a Promote moves AWSCURRENT to its pair',
      find: 'token.claimedUntil > now && !isCurrent',
      replace: 'token.claimedUntil < now && !isCurrent',
    },
    {
      bug: 'two attempts present a token at the same time',
      find: "if (exchange.deadline > now) return { kind: 'wait', until: exchange.deadline };",
      replace: '',
    },
    {
      bug: "another execution's unsettled exchange is not settled",
      find: "if (exchange.attempt.execution !== attempt.execution) return { kind: 'settle', exchange, token };",
      replace: '',
    },
    {
      bug: 'an orphaned attempt presents the token after a later one',
      find: 'return isLater(exchange.attempt, attempt)',
      replace: 'return isLater(attempt, exchange.attempt)',
    },
    {
      bug: 'a pair that does not last until the next rotation is used',
      find: '>= Math.min(longestGapMs, lifetimeMs - freshMs)',
      replace: '>= Math.min(0, lifetimeMs - freshMs)',
    },
  ],
);

const JOURNAL = mutantsOf(
  'functions/shared/journal/journal.ts',
  [
    'test/functions/refresh.test.ts',
    'test/functions/refresh-exchange.test.ts',
    'test/functions/store-pending-journal.test.ts',
    'test/functions/promote.test.ts',
    'test/functions/shared/journal/record-exchange.test.ts',
    'test/functions/journal',
  ],
  [
    {
      bug: 'two secrets rotate one login',
      find: 'if (ownerArn !== secretArn) {',
      replace: 'if (ownerArn === undefined) {',
    },
    {
      bug: 'two attempts that read an unknown token both mark it',
      find: "? { ConditionExpression: 'attribute_not_exists(pk)' }",
      replace: '? {}',
    },
    {
      bug: 'two attempts that read a known token both mark it',
      find: "ConditionExpression: 'revision = :revision'",
      replace: "ConditionExpression: 'revision = :revision OR attribute_exists(pk)'",
    },
    {
      bug: "an attempt ends another attempt's mark",
      find: "UpdateExpression: `SET #status = :status ${REMOVE_EXCHANGE} ADD revision :one`,\n        ConditionExpression: 'exchangeId = :exchangeId',",
      replace:
        "UpdateExpression: `SET #status = :status ${REMOVE_EXCHANGE} ADD revision :one`,\n        ConditionExpression: 'attribute_exists(pk) OR exchangeId = :exchangeId',",
    },
    {
      bug: 'a late record replaces a newer pair',
      find: 'attribute_not_exists(pk) OR generation < :generation OR (generation = :generation AND issuedAt < :issuedAt)',
      replace: 'attribute_not_exists(pk) OR generation < :generation OR issuedAt <> :issuedAt',
    },
    {
      bug: 'a token that is being exchanged is promoted',
      find: "'#status = :issued AND secretArn = :secretArn AND pendingVersionId = :pendingVersionId'",
      replace: "'secretArn = :secretArn AND pendingVersionId = :pendingVersionId'",
    },
    {
      bug: 'a claim does not change the revision, so that a mark that was read before it succeeds',
      find: "'SET claimedUntil = :until ADD revision :one'",
      replace: "'SET claimedUntil = :until'",
    },
    {
      bug: 'the journal is read without strong consistency',
      find: 'Key: key, ConsistentRead: true',
      replace: 'Key: key',
    },
    {
      bug: 'a transaction that conflicts with another one counts as recorded',
      find: 'if (isConflict || refused.length === 0) throw error;',
      replace: '',
    },
  ],
);

const SEAL = [
  ...mutantsOf(
    'functions/shared/journal/sealed-blob.ts',
    ['test/functions/shared/journal/sealed-blob.test.ts'],
    [
      {
        bug: 'the data key is not bound to secret and content',
        find: "KeySpec: 'AES_256', EncryptionContext: { ...context }",
        replace: "KeySpec: 'AES_256'",
      },
      {
        bug: 'the ciphertext is not bound to secret and content',
        find: 'JSON.stringify(Object.entries(context).sort(([one], [other]) => (one < other ? -1 : 1)))',
        replace: "''",
      },
    ],
  ),
  ...mutantsOf(
    'functions/shared/journal/sealed-pair.ts',
    ['test/functions/shared/journal/sealed-pair.test.ts'],
    [
      {
        bug: 'a pair opens for another generation',
        find: 'generation: String(generation) } as const',
        replace: "generation: '0' } as const",
      },
      {
        bug: 'a pair opens for another secret',
        find: "return { secretArn, holds: 'token-pair'",
        replace: "return { secretArn: '', holds: 'token-pair'",
      },
    ],
  ),
];

const TOKEN_ENDPOINT = [
  ...mutantsOf(
    'functions/shared/genesys/token-endpoint.ts',
    ['test/functions/shared/genesys/token-endpoint.test.ts'],
    [
      {
        bug: 'a 500 counts as a request that had no effect',
        find: 'status === REQUEST_TIMEOUT || (status >= 500 && status !== SERVICE_UNAVAILABLE)',
        replace: 'status === REQUEST_TIMEOUT',
      },
      {
        bug: 'a response without refresh_token loses the refresh token',
        find: 'refreshToken: refreshToken ?? grant.refreshToken,',
        replace: "refreshToken: refreshToken ?? '',",
      },
    ],
  ),
  ...mutantsOf(
    'functions/shared/genesys/http-exchange.ts',
    ['test/functions/shared/genesys/http-exchange.test.ts'],
    [
      {
        bug: 'a redirect sends the secret to another host',
        find: "redirect: 'manual'",
        replace: "redirect: 'follow'",
      },
      {
        bug: 'a dropped connection counts as a request that was not sent',
        find: "kind: connected ? 'response-lost' : 'not-sent'",
        replace: "kind: 'not-sent'",
      },
    ],
  ),
];

const SECRETS = [
  ...mutantsOf(
    'functions/shared/secrets/secret-value.ts',
    [
      'test/functions/shared/secrets/secret-value.test.ts',
      'test/functions/shared/secrets/secret-value-numbers.test.ts',
    ],
    [
      { bug: 'other keys are dropped when the tokens are merged', find: '    ...kept,\n', replace: '' },
      {
        bug: 'any host is accepted',
        find: 'const host = region === undefined ? DEFAULT_HOST : genesysHost(region);',
        replace: 'const host = region === undefined ? DEFAULT_HOST : region;',
      },
    ],
  ),
  ...mutantsOf(
    'functions/shared/secrets/secret-versions.ts',
    ['test/functions/shared/secrets/secret-versions.test.ts', 'test/functions/await-execution.test.ts'],
    [
      {
        bug: 'a stale read counts immediately',
        find: 'const isLast = reread === MAX_REREADS;',
        replace: 'const isLast = true;',
      },
      {
        bug: "another rotation's version counts as derived from this one",
        find: 'candidateId.length === 2 * DERIVED_HALF_LENGTH && candidateId.startsWith(rotationPrefix(versionId))',
        replace: 'candidateId.length === 2 * DERIVED_HALF_LENGTH',
      },
      {
        bug: 'a rotation counts as complete while AWSPENDING blocks the next one',
        find: "return blockingVersion(description) === undefined ? 'complete' : 'pending';",
        replace: "return 'complete';",
      },
    ],
  ),
  ...mutantsOf(
    'functions/shared/secrets/pending-label.ts',
    ['test/functions/shared/secrets/pending-label.test.ts', 'test/functions/fetch.test.ts'],
    [
      {
        bug: 'a redriven execution takes AWSPENDING from the version of another rotation',
        find: 'return redriveCount === 0 || belongsToRotation(pendingId, versionId);',
        replace: 'return true;',
      },
    ],
  ),
];

const STORE_PENDING = mutantsOf(
  'functions/store-pending/store-pending.ts',
  ['test/functions/store-pending.test.ts', 'test/functions/store-pending-journal.test.ts'],
  [
    {
      bug: 'a newer login is overwritten',
      find: 'await assertSameLogin(pair, credential, secretArn, journal);',
      replace: '',
    },
    {
      bug: 'a pair that Refresh could not record is not recorded',
      find: 'await recordExchange(journal, secretArn, pair);',
      replace: '',
    },
    {
      bug: 'an unreadable AWSCURRENT prevents the pair from being recorded',
      find: 'if (!isRecorded) {\n',
      replace: 'await reading;\n  if (!isRecorded) {\n',
    },
    {
      bug: 'a pair that is not the newest is stored',
      find: '(newest !== undefined && isNewer(newest, pair)) || (token',
      replace: '(token',
    },
    {
      bug: 'a pair whose token has been exchanged since is stored',
      find: " || (token !== undefined && token.status !== 'issued')",
      replace: '',
    },
    {
      bug: 'a repeated PutSecretValue leaves AWSPENDING where it was',
      find: 'if (!isLabelled) await takePendingLabel(request, id, dependencies);',
      replace: '',
    },
    {
      bug: 'a RotationToken that is no longer valid fails the rotation',
      find: 'return put(id, undefined);',
      replace: 'throw error;',
    },
    {
      bug: 'the pair of another fingerprint is stored',
      find: 'if (pair.fingerprint !== fingerprint) {',
      replace: 'if (pair.fingerprint === undefined) {',
    },
    {
      bug: 'the version of the pair is not recorded for Promote',
      find: 'await recordStored(journal, fingerprint, pendingVersionId);',
      replace: '',
    },
  ],
);

const VERIFY = mutantsOf(
  'functions/verify/verify.ts',
  ['test/functions/verify.test.ts'],
  [
    {
      bug: 'tokens of another user are promoted',
      find: 'if (genesysUserId === undefined || genesysUserId === userId) return;',
      replace: 'return;',
    },
    {
      bug: 'a fresh token that the API refuses is exchanged again and again',
      find: '!(error instanceof AccessTokenRejected) || ageMs < FRESH_MS',
      replace: '!(error instanceof AccessTokenRejected)',
    },
  ],
);

const PROMOTE = [
  ...mutantsOf(
    'functions/promote/promote.ts',
    ['test/functions/promote.test.ts'],
    [
      {
        bug: 'a pair whose token has been exchanged since is promoted',
        find: 'if (!isClaimed) {',
        replace: 'if (isClaimed === undefined) {',
      },
      {
        bug: 'an expired access token is promoted',
        find: 'assertNotExpired(request, dependencies);',
        replace: '',
      },
      {
        bug: 'a version of another rotation is promoted',
        find: 'if (!belongsToRotation(pendingVersionId, versionId)) {',
        replace: 'if (pendingVersionId === undefined) {',
      },
      {
        bug: 'AWSCURRENT is moved away from an edited value',
        find: 'if (currentVersionId !== baseVersionId)\n    throw currentVersionMoved(secretArn, baseVersionId, currentVersionId);\n  const holderId',
        replace: 'const holderId',
      },
      {
        bug: 'a version without AWSPENDING is promoted',
        find: 'if (holderId === pendingVersionId) return;',
        replace: 'return;',
      },
      {
        bug: 'two rotations take AWSPENDING from each other endlessly',
        find: '!belongsToRotation(holderId, versionId) && redriveCount === 0',
        replace: '!belongsToRotation(holderId, versionId) && redriveCount < 0',
      },
      {
        bug: 'the claim ends before the function does',
        find: 'now().getTime() + remainingMs() + CLAIM_MARGIN_MS',
        replace: 'now().getTime() + CLAIM_MARGIN_MS',
      },
      {
        bug: 'AWSPENDING stays on a derived version and blocks the next rotation',
        find: 'await removePendingLabel(secrets, secretArn, pendingVersionId, sleep);',
        replace: '',
      },
    ],
  ),
  ...mutantsOf(
    'functions/promote/stand-down.ts',
    ['test/functions/stand-down.test.ts'],
    [
      {
        bug: 'the label that a stale read hid stays',
        find: 'standDownVersionId = holderId;',
        replace: 'standDownVersionId = holderId;\n    break;',
      },
    ],
  ),
];

const ROTATION = [
  ...mutantsOf(
    'functions/rotation/rotation.ts',
    ['test/functions/rotation.test.ts'],
    [
      {
        bug: 'a secret that is not enabled for rotation is rotated',
        find: 'if (!description.rotationEnabled) {',
        replace: 'if (description.rotationEnabled === undefined) {',
      },
      {
        bug: 'a rotation that is complete is started again',
        find: "if (progress === 'complete') return;",
        replace: '',
      },
      {
        bug: 'testSecret of a rotation without an execution refreshes',
        find: "{ purpose: 'check-configuration', rotation, sealedRotationToken: null }",
        replace: "{ purpose: 'rotate', rotation, sealedRotationToken: null }",
      },
    ],
  ),
  ...mutantsOf(
    'functions/rotation/run-execution.ts',
    ['test/functions/run-execution.test.ts'],
    [
      {
        bug: 'the loop over attempts that cannot be redriven does not check the remaining time',
        find: "assertTimeLeft(executionArn, dependencies);\n    log('warn', 'starting the next attempt'",
        replace: "log('warn', 'starting the next attempt'",
      },
      {
        bug: 'executions that wait for each other are redriven endlessly',
        find: 'if (ownerArn === undefined || unsettled >= MAX_UNSETTLED)',
        replace: 'if (ownerArn === undefined)',
      },
      {
        bug: 'a refused redrive is repeated endlessly',
        find: 'latest !== undefined && refusals < MAX_REFUSALS;',
        replace: 'latest !== undefined && refusals >= 0;',
      },
      {
        bug: 'an execution with a forged input is redriven',
        find: "hasFailed(found) && found.error !== 'InvalidRotationRequest'",
        replace: 'hasFailed(found)',
      },
      {
        bug: 'a rotation that was rolled back is never rotated again',
        find: "(found.status === 'SUCCEEDED' && isStartedWith(input, found))",
        replace: "found.status === 'SUCCEEDED'",
      },
    ],
  ),
  ...mutantsOf(
    'functions/rotation/await-execution.ts',
    ['test/functions/await-execution.test.ts'],
    [
      {
        bug: 'the failure before a redrive counts as the failure of the redrive',
        find: 'return hasFailed(found) && (found.redriveCount ?? 0) < redriveCount ? undefined : found;',
        replace: 'return found;',
      },
      {
        bug: 'the function waits until Lambda stops it',
        find: 'return remainingMs() - RESPONSE_RESERVE_MS;',
        replace: 'return remainingMs();',
      },
    ],
  ),
];

const EXECUTIONS = mutantsOf(
  'functions/shared/executions/execution-name.ts',
  ['test/functions/shared/executions/execution-name.test.ts'],
  [
    {
      bug: 'rotations of two secrets under one token share an execution',
      find: 'hash(`${secretArn}\\n${clientRequestToken}`, ROTATION_HASH_LENGTH)',
      replace: 'hash(clientRequestToken, ROTATION_HASH_LENGTH)',
    },
    {
      bug: 'any execution whose name has the prefix of a rotation is one of its attempts',
      find: 'name.startsWith(first) && /^(-\\d+)?$/.test(name.slice(first.length))',
      replace: 'name.startsWith(first)',
    },
  ],
);

const NOTIFICATIONS = [
  ...mutantsOf(
    'functions/notify/notify.ts',
    ['test/functions/notify.test.ts'],
    [
      {
        bug: 'every attempt of Secrets Manager sends the same message',
        find: "if (recentlyNotified(streak, failed, now)) return logSkipped('the failure was already reported', about);",
        replace: '',
      },
      {
        bug: 'an execution that had nothing to do ends a failure',
        find: 'if (!hasMoved && !hasNotPublished(rotation)) return',
        replace: 'if (hasMoved === undefined) return',
      },
    ],
  ),
  ...mutantsOf(
    'functions/notify/notify.ts',
    ['test/rotation/success-in-labels.test.ts'],
    [
      {
        bug: 'a stale read right after the promotion reports a failure',
        find: 'currentId => isPromoted(currentId, rotation),',
        replace: '() => true,',
      },
    ],
  ),
  ...mutantsOf(
    'functions/overdue-check/overdue-check.ts',
    ['test/functions/overdue-check.test.ts'],
    [
      {
        bug: 'an overdue credential is not counted',
        find: '.filter(({ dueAt }) => dueAt.getTime() < latestDueMs);',
        replace: '.filter(({ dueAt }) => dueAt.getTime() < 0);',
      },
    ],
  ),
];

const OUTPUT = [
  ...mutantsOf(
    'functions/shared/output/plain-text.ts',
    ['test/functions/shared/output/plain-text.test.ts'],
    [
      {
        bug: 'text from outside can control a terminal',
        find: "text.replace(UNSAFE_CHARACTERS, ' ').replace",
        replace: 'text.replace',
      },
    ],
  ),
  ...mutantsOf(
    'functions/shared/telemetry/log.ts',
    ['test/functions/shared/telemetry/log.test.ts'],
    [
      {
        bug: 'a whole request is logged',
        find: 'console[level]({ message, ...identifiers(subject), ...details });',
        replace: 'console[level]({ message, ...identifiers(subject), ...subject, ...details });',
      },
    ],
  ),
];

const DEFINITION = mutantsOf(
  'statemachine/rotation.asl.json',
  ['test/statemachine'],
  [
    {
      bug: 'StorePending does not stand down for a newer login',
      find: `"Catch": [
        {
          "ErrorEquals": ["NewerLogin"],
          "ResultPath": "$.caught",
          "Next": "StandDown"
        },
        {`,
      replace: `"Catch": [
        {`,
    },
    {
      bug: 'StorePending does not get the newest pair',
      find: `        {
          "ErrorEquals": ["NewerLogin"],
          "ResultPath": "$.caught",
          "Next": "StandDown"
        },
        {
          "ErrorEquals": ["AccessTokenExpired"],
          "ResultPath": "$.caught",
          "Next": "RefreshAgain"
        }`,
      replace: `        {
          "ErrorEquals": ["NewerLogin"],
          "ResultPath": "$.caught",
          "Next": "StandDown"
        }`,
    },
    {
      bug: 'Verify skips StorePending after an edit',
      find: `"ErrorEquals": ["CurrentVersionMoved", "PendingVersionMissing"],
          "ResultPath": "$.caught",
          "Next": "StorePending"
        }
      ],
      "Next": "Promote"`,
      replace: `"ErrorEquals": ["CurrentVersionMoved", "PendingVersionMissing"],
          "ResultPath": "$.caught",
          "Next": "Promote"
        }
      ],
      "Next": "Promote"`,
    },
    {
      bug: 'Promote fails after an edit of AWSCURRENT',
      find: `"ErrorEquals": ["CurrentVersionMoved", "PendingVersionMissing"],
          "ResultPath": "$.caught",
          "Next": "StorePending"
        }
      ],
      "Next": "Publish"`,
      replace: `"ErrorEquals": ["PendingVersionMissing"],
          "ResultPath": "$.caught",
          "Next": "StorePending"
        }
      ],
      "Next": "Publish"`,
    },
    {
      bug: 'tokens are promoted without being verified',
      find: `      "Next": "Verify"
    },
    "Verify": {`,
      replace: `      "Next": "Promote"
    },
    "Verify": {`,
    },
    {
      bug: 'RefreshAgain verifies the version that it has just replaced',
      find: `      "Next": "StorePending"
    },
    "StandDown": {`,
      replace: `      "Next": "Verify"
    },
    "StandDown": {`,
    },
    {
      bug: 'Fetch is not retried when its function did not run',
      find: `"ResultPath": "$.fetched",
      "TimeoutSeconds": 26,
      "Retry": [`,
      replace: `"ResultPath": "$.fetched",
      "TimeoutSeconds": 26,
      "NotRetried": [`,
    },
    {
      bug: 'a configuration test refreshes',
      find: `"StringEquals": "checkConfiguration",
          "Next": "CheckConfiguration"`,
      replace: `"StringEquals": "checkConfiguration",
          "Next": "Refresh"`,
    },
    {
      bug: 'RefreshAgain does not pass the pair to replace',
      find: `"replaces": {
            "lineage.$": "$.refreshed.lineage",
            "generation.$": "$.refreshed.generation",
            "current.$": "$.refreshed.current"
          },`,
      replace: '"replaces": null,',
    },
    {
      bug: 'the Task of Promote ends before its function',
      find: `"ResultPath": "$.promoted",
      "TimeoutSeconds": 26,`,
      replace: `"ResultPath": "$.promoted",
      "TimeoutSeconds": 14,`,
    },
  ],
);

/** All mutants, in the order of a rotation. */
export const MUTANTS: readonly Mutant[] = [
  ...ROTATION,
  ...FETCH,
  ...REFRESH,
  ...PLAN,
  ...JOURNAL,
  ...SEAL,
  ...TOKEN_ENDPOINT,
  ...SECRETS,
  ...STORE_PENDING,
  ...VERIFY,
  ...PROMOTE,
  ...EXECUTIONS,
  ...NOTIFICATIONS,
  ...OUTPUT,
  ...DEFINITION,
];
