// Written by npm run compose.
/** Types that are found by their id alone, each with a field that its owner alone answers. */
export const NODES = {
  "BulkOperation": "status",
  "Coupon": "code",
  "CouponTemplate": "name",
  "Customer": "createdAt",
  "Journey": "name",
  "LiveCode": "name",
  "Message": "channel",
  "Order": "platform",
  "Segment": "name",
  "Tag": "name",
  "Template": "name",
  "WebhookEndpoint": "clientId"
} as const
