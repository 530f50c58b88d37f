import type { ReactNode } from 'react'
import type { SignedEvidence } from '@/lib/contracts/evidence'
import { BytesCell } from '@/components/cells/bytes-cell'
import { DurationCell } from '@/components/cells/duration-cell'
import { VerdictBadge } from '@/components/cells/verdict-badge'
import { BackupLacks } from '@/components/backups/backup-lacks'
import { engineTitle, provesOf } from '@/components/engines/index'
import { CheckRows } from '@/components/restores/check-rows'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Facts } from '@/components/ui/facts'
import { FailureNote } from '@/components/ui/failure-note'
import { levelWords } from '@/lib/client/words/words'
import { ConfinementFacts } from './confinement-facts'

const code = (text: string | null) => text && <code className="font-mono text-xs break-all">{text}</code>
/** On paper, a time must mean the same to every reader. */
const utc = (at: string | null) => at && <time dateTime={at}>{`${at.slice(0, 19).replace('T', ' ')} UTC`}</time>

const words = (fact: unknown) => (Array.isArray(fact) ? fact.map(String) : [])

/** The whole document on one page. Everything that is signed and matters to a reader is on it. */
export function EvidencePaper({ evidence: { document, signature } }: { evidence: SignedEvidence }) {
  const { source, backup, versions, facts } = document
  const restoreMs = facts['restoreDurationMs']
  return (
    <article className="space-y-5" data-evidence={document.restoreTestId}>
      <BackupLacks withheld={words(facts['notInBackup'])} warnings={words(facts['backupWarnings'])} />
      <Section id="proves" title="What it proves">
        <p className="flex flex-wrap items-center gap-3">
          <VerdictBadge verdict={document.verdict} level={document.level} />
          <span className="font-medium">{levelWords[document.level].label} restore test</span>
        </p>
        <p className="text-ink-2">
          {document.verdict === 'passed'
            ? provesOf(document.level, source.engine)
            : 'This does not prove that the backup can be restored.'}
        </p>
        {document.failure && <FailureNote failure={document.failure} />}
        <Facts
          items={[
            { name: 'Source', value: `${source.name} (${engineTitle(source.engine)})` },
            { name: 'Database', value: source.database },
            { name: 'Backup', value: code(backup.id) },
            { name: 'Backup taken', value: utc(backup.startedAt) },
            { name: 'Size', value: <BytesCell bytes={backup.sourceBytes} /> },
            { name: 'Manifest SHA-256', value: code(backup.manifestSha256) },
            { name: 'Tested', value: utc(document.startedAt) },
            { name: 'Test took', value: <DurationCell ms={document.durationMs} /> },
            ...(typeof restoreMs === 'number'
              ? [{ name: 'Restore took', value: <DurationCell ms={restoreMs} /> }]
              : []),
            { name: 'Holdfast', value: versions.holdfast },
            ...(versions.server ? [{ name: 'Server version', value: versions.server }] : []),
            ...(versions.dumpTool ? [{ name: 'Dump tool', value: versions.dumpTool }] : []),
          ]}
        />
      </Section>
      <Section id="checks" title="Checks">
        <CheckRows label="Every check" checks={document.checks} />
      </Section>
      <Section id="confinement" title="What kept it apart">
        <ConfinementFacts facts={facts} level={document.level} />
      </Section>
      <Section id="signature" title="Signature">
        <p className="text-ink-2">
          {document.signing.algorithm} over the {document.signing.canonicalization} text of the document. The signed
          file is checked, without Holdfast running, with:{' '}
          <code>npm run holdfast -- verify-evidence FILE --key KEY</code>
        </p>
        <Facts
          items={[
            { name: 'Public key', value: code(document.signing.publicKey) },
            { name: 'Signature', value: code(signature) },
            { name: 'Instance', value: code(document.instanceId) },
            { name: 'Restore test', value: code(document.restoreTestId) },
          ]}
        />
      </Section>
    </article>
  )
}

function Section({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <Card aria-labelledby={`${id}-title`} className="print:border-0 print:shadow-none">
      <CardHeader id={`${id}-title`} title={title} />
      <CardBody className="space-y-4">{children}</CardBody>
    </Card>
  )
}
