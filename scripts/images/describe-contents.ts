import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'

/**
 * Writes what an assembled folder is made of, as CycloneDX. npm reads the packages as they lie there, so that a package that
 * is missing, or of a version that somebody does not take, is found here and not in production.
 * @throws Error with what is missing
 */
export function describeContents(folder: string): void {
  // Packages of the gateway name an older @opentelemetry/api than ours as the newest peer that they know.
  const args = ['sbom', '--sbom-format=cyclonedx', '--omit=dev', '--legacy-peer-deps', '--loglevel=error']
  const { status, stdout, stderr } = spawnSync('npm', args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 ** 2,
  })
  if (status !== 0) throw new Error(`The packages in ${folder} do not fit together:\n${stderr || stdout}`)
  writeFileSync(`${folder}/sbom.cdx.json`, stdout)
}
