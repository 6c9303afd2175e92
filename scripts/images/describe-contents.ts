import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'

/**
 * Writes the SBOM of an assembled folder, as CycloneDX. npm reads the packages in the folder, so that a package that is
 * missing, or has a version that another package does not accept, is found here and not in production.
 * @throws Error that lists missing packages
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
