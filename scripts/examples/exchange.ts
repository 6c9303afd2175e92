import type { Example } from './example.ts'

const endpoint = { endpointId: '<WebhookEndpoint>' }

/** Calls that take data out, or bring it in. */
export const EXCHANGE: readonly Example[] = [
  {
    mutation: 'runBulkQuery',
    input: { query: '{ customers { nodes { id displayName } } }' },
    select: 'operation { id state }',
    brings: { BulkOperation: 'operation.id' },
  },
  {
    mutation: 'cancelBulkOperation',
    input: { operationId: '<BulkOperation>' },
    select: 'operation { id state }',
    mayFailWith: 'BULK_OPERATION_ENDED',
  },
  {
    mutation: 'startOrderImport',
    input: {
      accountId: '<ChannelAccount>',
      fileName: 'orders.csv',
      sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      mapping: {
        orderNo: 'order',
        sku: 'sku',
        title: 'title',
        quantity: 'quantity',
        unitPrice: 'price',
        occurredAt: 'time',
        customerId: 'member',
      },
      currency: 'CNY',
      zone: 'Asia/Shanghai',
    },
    select: 'import { id state } uploadPath',
  },
  {
    mutation: 'createWebhookEndpoint',
    input: { url: '<url>', document: 'subscription { customerChanged { id displayName } }' },
    select: 'endpoint { id url } secret',
    brings: { WebhookEndpoint: 'endpoint.id' },
  },
  { mutation: 'updateWebhookEndpoint', input: { ...endpoint, isEnabled: true, expectedVersion: 1 }, select: 'endpoint { id version }' },
  { mutation: 'rotateWebhookSecret', input: endpoint, select: 'endpoint { id version } secret' },
  {
    mutation: 'testWebhookEndpoint',
    input: endpoint,
    select: 'delivery { id }',
    brings: { WebhookDelivery: 'delivery.id' },
  },
  {
    mutation: 'replayWebhookDeliveries',
    input: { ...endpoint, deliveryIds: ['<WebhookDelivery>'] },
    select: 'endpoint { id } replayed',
  },
  { mutation: 'deleteWebhookEndpoint', input: endpoint, select: 'deletedEndpointId' },
]
