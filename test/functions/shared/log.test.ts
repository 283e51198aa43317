import { describe, expect, it } from 'vitest';
import { log } from '../../../functions/shared/log.ts';
import { watchedLog } from '../../helpers/no-secrets.ts';
import { SENTINELS } from '../../helpers/secret-value.ts';

describe('log', () => {
  const logged = watchedLog();

  it('writes one object, which Lambda keeps as one', () => {
    log('info', 'refreshed', { secretArn: 'arn', versionId: 'v1', execution: 'run', state: 'Refresh' });

    expect(logged()).toEqual([
      {
        level: 'info',
        line: { message: 'refreshed', secretArn: 'arn', versionId: 'v1', execution: 'run', state: 'Refresh' },
      },
    ]);
  });

  it('takes nothing but the identifiers from a request that stands for the subject', () => {
    const request = { secretArn: 'arn', versionId: 'v1', sealedValue: SENTINELS.newAccessToken };

    log('info', 'stored pending', request);

    expect(logged()).toEqual([
      { level: 'info', line: { message: 'stored pending', secretArn: 'arn', versionId: 'v1' } },
    ]);
  });

  it('puts the details beside the subject, at the level that is asked for', () => {
    log(
      'warn',
      'rotation token refused',
      { secretArn: 'arn', versionId: 'v1' },
      { error: 'Refused', left: 3 },
    );

    expect(logged()).toEqual([
      {
        level: 'warn',
        line: {
          message: 'rotation token refused',
          secretArn: 'arn',
          versionId: 'v1',
          error: 'Refused',
          left: 3,
        },
      },
    ]);
  });
});
