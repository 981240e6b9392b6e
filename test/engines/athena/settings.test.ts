import { openClients } from '../../../src/engines/athena/settings';

test('every client is patient with throttling', async () => {
  for (const client of Object.values(openClients({}))) {
    expect(await client.config.maxAttempts()).toBe(8);
    client.destroy();
  }
});

test('an S3 of another maker is spoken to path style', () => {
  expect(openClients({}).s3.config.forcePathStyle).toBe(false);
  expect(openClients({ AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9000' }).s3.config.forcePathStyle).toBe(true);
});
