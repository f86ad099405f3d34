%% @doc Classes whose files have moved. A module is named for its file, and references to actors hold the
%% module of their class: what is loaded from the new place is another class, and the actors that live
%% stay with the one that they had. Runs in the process of the load.
-module(beamtalk_workspace_moved).

-export([warnings/1]).

%% @doc Tells of living actors whose class is loaded from another file now; given the metas of what is loaded.
-spec warnings(#{module() => map()}) -> [binary()].
warnings(Metas) ->
    Now = maps:from_list([{{Package, Name}, File}
                          || #{name := Name, package := Package, file := File} <- maps:values(Metas)]),
    Moved = [{Old, Name, Before, map_get({Package, Name}, Now)}
             || Old <- lists:sort(beamtalk_registry:modules()), not is_map_key(Old, Metas), is_class(Old),
                #{name := Name, package := Package, file := Before} <- [beamtalk_class:meta(Old)],
                is_map_key({Package, Name}, Now)],
    %% Most loads move nothing: the actors, who may be many and stand still, are looked at only then.
    Living = case Moved of
        [] -> [];
        _ -> [Module || {_, Module} <- beamtalk_actor:living()]
    end,
    [warning(Name, Before, After, Count)
     || {Old, Name, Before, After} <- Moved, Count <- [length([Each || Each <- Living, Each =:= Old])], Count > 0].

%% One that was taken out may have actors that have not ended yet.
is_class(Module) ->
    erlang:function_exported(Module, '$meta', 0).

warning(Name, Before, Now, Count) ->
    unicode:characters_to_binary(
        io_lib:format("~ts is loaded from ~ts now; ~ts as ~ts said: stop ~ts and start anew",
                      [Name, Now, kept(Count), Before, them(Count)])).

kept(1) -> <<"1 living actor stays">>;
kept(Count) -> io_lib:format("~b living actors stay", [Count]).

them(1) -> <<"it">>;
them(_) -> <<"them">>.
