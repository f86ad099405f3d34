%% @doc The migrations of loads. One that stands in a file is carried out once: the node keeps which
%% it has carried out, by class and text, until the file does not say it any more. One that was typed
%% is carried out each time. The table is the loader's; read and written by the processes of loads.
-module(beamtalk_workspace_patches).

-export([new/0, is_patch/1, pending/1, carried_out/2, forget/1]).

-export_type([functions/0]).

%% The functions of migrations by the module of their class.
-type functions() :: #{module() => [{module(), atom()}]}.
-type part() :: #{module := module(), file := binary(), beam := binary(), _ => _}.
-type patch() :: #{target := atom(), function := atom(), source := binary()}.

-define(TABLE, ?MODULE).
-define(FILE_EXTENSION, <<".bt">>).

%% @doc Makes the table; it belongs to the caller.
-spec new() -> ok.
new() ->
    ?TABLE = ets:new(?TABLE, [named_table, public, set]),
    ok.

%% @doc Whether a module holds migrations; it is needed for its load only.
-spec is_patch(module()) -> boolean().
is_patch(Module) ->
    lists:suffix("+patch", atom_to_list(Module)).

%% @doc The migrations of these modules that are to be carried out. A module of migrations has no user
%% but its load, so its code can be looked at by loading it; `forget/1' takes it out again.
-spec pending([part()]) -> functions().
pending(Parts) ->
    Known = known(),
    lists:foldl(
        fun({Module, #{target := Class, function := Function}}, Functions) ->
            case beamtalk_registry:lookup(Class) of
                {ok, Target} ->
                    maps:update_with(Target, fun(More) -> More ++ [{Module, Function}] end,
                                     [{Module, Function}], Functions);
                error -> Functions
            end
        end,
        #{}, [Each || #{file := File} = Part <- Parts, {_, Patch} = Each <- loaded(Part),
                      not (is_kept(File) andalso lists:member(identity(Patch), Known))]).

%% @doc A load of these modules of these files counts.
-spec carried_out([part()], [binary()]) -> ok.
carried_out(Parts, Files) ->
    _ = [ets:delete(?TABLE, File) || File <- Files],
    _ = [ets:insert(?TABLE, {File, Identities ++ before(File)})
         || #{file := File, module := Module} <- Parts, is_patch(Module), is_kept(File),
            Identities <- [[identity(Patch) || Patch <- Module:'$patches'()]]],
    ok.

%% @doc Takes modules of migrations out of the node.
-spec forget([part()]) -> ok.
forget(Parts) ->
    beamtalk_workspace_code:unload([Module || #{module := Module} <- Parts, is_patch(Module)]).

loaded(#{module := Module, file := File, beam := Beam}) ->
    case is_patch(Module) of
        true ->
            code:soft_purge(Module),
            {module, Module} = code:load_binary(Module, unicode:characters_to_list(File), Beam),
            [{Module, Patch} || Patch <- Module:'$patches'()];
        false -> []
    end.

known() ->
    lists:append([Identities || {_, Identities} <- ets:tab2list(?TABLE)]).

before(File) ->
    case ets:lookup(?TABLE, File) of
        [{_, Identities}] -> Identities;
        [] -> []
    end.

%% What is typed at a prompt or stands in a script has that as its file.
is_kept(File) ->
    filename:extension(File) =:= ?FILE_EXTENSION.

-spec identity(patch()) -> {atom(), binary()}.
identity(#{target := Target, source := Source}) -> {Target, erlang:md5(Source)}.
