import open from 'open';

/** Opens the browser at the address that is its argument; exits as soon as the browser has been started. */

const [, , address] = process.argv;
if (address === undefined) throw new Error('The address is missing.');
await open(address);
