const base = require('./jest.config');

/** `npm run test:lab:full`: every model killed before, during and after, under every fault; about an hour. */
module.exports = { ...base, roots: ['<rootDir>/test/lab/full'], testPathIgnorePatterns: ['/node_modules/'] };
