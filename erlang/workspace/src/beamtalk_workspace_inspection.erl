%% @doc Evaluates text with an object as `self', for `Inspector': the toolchain compiles it into a
%% module with a lent name. Runs in the sender's process.
-module(beamtalk_workspace_inspection).

-export([evaluate/3]).

%% @doc The value of the statements as a `Result', errors included. With the state of an actor, its
%% fields are read from that; what is assigned to them is dropped.
-spec evaluate(term(), map() | nil | undefined, binary()) -> beamtalk_result:result().
evaluate(Subject, State, Source) ->
    try
        beamtalk_result:ok(evaluated(Subject, State, Source))
    catch
        throw:{'$bt_return', _, _} = Return:Stack -> erlang:raise(throw, Return, Stack);
        Class:Reason:Stack -> beamtalk_result:error(beamtalk_exception:from(Class, Reason, Stack))
    end.

evaluated(Subject, State, Source) ->
    Module = lend(),
    #{beam := Beam, function := Function} = compiled(Subject, Source, Module),
    Blocks = beamtalk_workspace_blocks:count(Beam),
    try
        {module, Module} = code:load_binary(Module, "inspector", Beam),
        with_state(State, fun() -> apply(Module, binary_to_atom(Function), [Subject]) end)
    after
        beamtalk_workspace_names:give_back([{Module, Beam, Blocks}])
    end.

compiled(Subject, Source, Module) ->
    Request = #{target => target(Subject), source => Source, module => Module},
    try
        beamtalk_workspace_compiler:ask(evaluate, Request, 'Inspector', 'evaluate:')
    catch
        Class:Reason:Stack ->
            beamtalk_workspace_names:give_back([{Module, <<>>, 0}]),
            erlang:raise(Class, Reason, Stack)
    end.

lend() ->
    case beamtalk_workspace_names:lend(1) of
        {ok, [Module]} -> Module;
        {error, too_many} ->
            beamtalk_exception:raise(unsupported, 'Inspector', 'evaluate:',
                                     <<"too many evaluated blocks are kept">>, nil)
    end.

%% The class that the text is compiled for.
target(Subject) ->
    atom_to_binary(beamtalk_class:class_name(Subject)).

with_state(#{} = State, Fun) ->
    Before = put('$bt_state', State),
    try
        Fun()
    after
        case Before of
            undefined -> erase('$bt_state');
            _ -> put('$bt_state', Before)
        end
    end;
with_state(_, Fun) ->
    Fun().
