import * as v from 'valibot';

/** The secret and the rotation in an execution's input. */
export const executionInput = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ secretArn: v.string(), versionId: v.string() }),
);
