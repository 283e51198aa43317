import { App, Validations } from 'aws-cdk-lib';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { AwsSolutionsChecks } from 'cdk-nag';
import { appStack } from './app-stack.ts';
import { bundleFunctions } from './bundle.ts';
import { readSettings } from './context.ts';
import { InvalidSetting } from './validation.ts';

// The flags are set here, not in cdk.json, so that the template is the same without the CDK CLI.
const app = new App({ context: recommendedFlags, analyticsReporting: false });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app, { writeSuppressionsToCloudFormation: true }));
try {
  const settings = readSettings(app.node.getAllContext());
  const { directory } = await bundleFunctions();
  appStack(app, { ...settings, bundles: directory });
  app.synth();
} catch (error) {
  if (!(error instanceof InvalidSetting)) throw error;
  console.error(error.message);
  process.exit(1);
}
