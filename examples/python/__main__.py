import pulumi


class CampaignCancellation(pulumi.CustomResource):
    """The permanent cancellation of one campaign: arguments and outputs are those of `hood:index:CampaignCancellation`."""

    campaignName: pulumi.Output[str]
    outcome: pulumi.Output[str]

    def __init__(self, name, campaign_id, reason, expected_name=None, opts=None):
        arguments = {"campaignId": campaign_id, "reason": reason, "expectedName": expected_name}
        # Pulumi fills in what is there when the resource is registered.
        outputs = {"campaignName": None, "outcome": None}
        super().__init__("hood:index:CampaignCancellation", name, {**outputs, **arguments}, opts)


config = pulumi.Config()

# `pulumi preview` shows the live campaign; `pulumi up` cancels it for good.
ended = CampaignCancellation(
    "spring-sale",
    campaign_id=config.require("campaignId"),
    reason=config.require("reason"),
    # The guard against a mistyped id: nothing is canceled unless the live campaign has this name.
    expected_name="Spring sale",
)

pulumi.export("campaign", ended.campaignName)
pulumi.export("outcome", ended.outcome)
