SELECT partition_by_id('decisions', 'month');
