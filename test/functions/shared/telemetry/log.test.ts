import { describe, expect, it } from 'vitest';
import { log } from '../../../../functions/shared/telemetry/log.ts';
import { captureLog } from '../../../helpers/no-secrets.ts';
import { SECRET_ARN } from '../../../helpers/secret.ts';
import { SENTINELS } from '../../../helpers/secret-value.ts';

describe('log', () => {
  const logged = captureLog();

  it('writes one object, which Lambda logs as one line', () => {
    log('info', 'refreshed', { secretArn: SECRET_ARN, versionId: 'v1', execution: 'run', state: 'Refresh' });

    expect(logged()).toEqual([
      {
        level: 'info',
        line: {
          message: 'refreshed',
          secretName: 'genesys/voicemail',
          secretArn: SECRET_ARN,
          versionId: 'v1',
          execution: 'run',
          state: 'Refresh',
        },
      },
    ]);
  });

  it('takes only the identifiers from a request used as the subject', () => {
    const request = { secretArn: SECRET_ARN, versionId: 'v1', sealedValue: SENTINELS.newAccessToken };

    log('info', 'stored pending', request);

    expect(logged()).toEqual([
      {
        level: 'info',
        line: {
          message: 'stored pending',
          secretName: 'genesys/voicemail',
          secretArn: SECRET_ARN,
          versionId: 'v1',
        },
      },
    ]);
  });

  it('adds the details to the subject, at the given level', () => {
    log(
      'warn',
      'rotation token refused',
      { secretArn: SECRET_ARN, versionId: 'v1' },
      { error: 'Refused', left: 3 },
    );

    expect(logged()).toEqual([
      {
        level: 'warn',
        line: {
          message: 'rotation token refused',
          secretName: 'genesys/voicemail',
          secretArn: SECRET_ARN,
          versionId: 'v1',
          error: 'Refused',
          left: 3,
        },
      },
    ]);
  });

  it('omits undefined members', () => {
    log('warn', 'rotation overdue', {}, { secrets: 7 });

    expect(logged()).toEqual([{ level: 'warn', line: { message: 'rotation overdue', secrets: 7 } }]);
    expect(Object.keys(Object(logged()[0]?.line))).toEqual(['message', 'secrets']);
  });
});
