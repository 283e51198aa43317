import open from 'open';

/** Opens the address in its argument in the browser, and exits as soon as the browser has started. */

const [, , address] = process.argv;
if (address === undefined) throw new Error('The address is missing.');
await open(address);
