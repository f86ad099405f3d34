%% @doc Puts together what two sides of a cut have changed in the same texts, each in other places. The log of
%% changes has both by then (`beamtalk_workspace_shared'), the code that runs is that of the later load: a
%% toolchain makes the text with both, and loads it on all.
-module(beamtalk_workspace_merge).

-export([run/0]).

-define(LIMIT, 120000).

%% @doc Called when this node is up to date with another one again.
-spec run() -> ok.
run() ->
    case beamtalk_workspace_changes:unmerged() of
        [] -> ok;
        Paths ->
            _ = beamtalk_workspace_cluster:settled(),
            told(Paths, beamtalk_workspace_toolchain:request({merge, Paths, cluster}, ?LIMIT))
    end.

told(Paths, {ok, _}) ->
    logger:notice("Changes that nodes have made apart are together now: ~ts", [names(Paths)]);
told(Paths, {error, {refused, Why}}) ->
    not_together(Paths, Why);
told(Paths, {error, _}) ->
    not_together(Paths, <<"no toolchain can be asked">>).

%% They are in the log, so whoever changes one of these texts next takes them in.
not_together(Paths, Why) ->
    logger:warning("Changes that nodes have made apart are not together before the next change of ~ts: ~ts",
                   [names(Paths), Why]).

names(Paths) ->
    lists:join(", ", Paths).
