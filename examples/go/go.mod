module cancel-campaign

go 1.25
