// What a developer's shell sets for real clouds and proxies must not change what the tests' clients do.
for (const name of Object.keys(process.env)) {
  if (/^(AWS_|HTTPS?_PROXY$|ALL_PROXY$|NO_PROXY$|PG[A-Z]+$|HOLDFAST_(HOME|MASTER_KEY|API_TOKEN|ADMIN_))/i.test(name)) {
    delete process.env[name]
  }
}
